package dev.testudo.shield.relay;

import static dev.testudo.linux.sys.SocketAddress.AF_UNIX;

import dev.testudo.linux.sys.Epoll;
import dev.testudo.linux.sys.Errno;
import dev.testudo.linux.sys.ErrnoException;
import dev.testudo.linux.sys.Fd;
import dev.testudo.linux.sys.MessageReader;
import dev.testudo.linux.sys.Sockets;
import dev.testudo.shield.option.OuterOptions;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.time.Duration;

/// One socket on a loop: whether it is readable and writable, and the bytes that it has not
/// taken yet.
///
/// The watch is edge-triggered, so a flag stays set until a call returns `EAGAIN`. Nothing is
/// re-armed, and to pause a reader is simply not to read.
final class Leg {
  /// Takes the leg's turns and its end. The handshake passes the leg on to the relay.
  interface Owner {
    /// Takes one turn of work. Returns true if there is more to do at once.
    boolean turn();

    /// See [EventLoop.Handler#drop(String)].
    void drop(String reason);
  }

  private static final ByteBuffer NOTHING = ByteBuffer.allocate(0);

  /// How long a program may take to find out that its peer has vanished.
  private static final Duration VANISHED = Duration.ofSeconds(10);

  /// The owner until [#hand] names another.
  private static final Owner NOBODY =
      new Owner() {
        @Override
        public boolean turn() {
          return false;
        }

        @Override
        public void drop(String reason) {}
      };

  private final EventLoop loop;
  private final Fd fd;
  private final EventLoop.Handler handler;
  private final boolean unix;
  private final long key;
  private Owner owner = NOBODY;
  private ByteBuffer pending = NOTHING;
  private boolean scheduled;
  private boolean readable;
  private boolean writable;

  /// Whether urgent data has ever arrived. A read stops at the urgent mark; see tcp(7).
  private boolean marked;

  private boolean hungUp;
  private boolean broken;
  private boolean finishing;
  private boolean failed;
  private boolean passedDescriptors;
  private boolean resetUnlessClosed;

  /// Creates a leg that owns `fd`, even if this constructor throws.
  Leg(EventLoop loop, Fd fd) throws ErrnoException {
    this.loop = loop;
    this.fd = fd;
    this.handler = handler();
    try {
      unix = Sockets.getsockopt(fd, Sockets.SOL_SOCKET, Sockets.SO_DOMAIN) == AF_UNIX;
      key = loop.watch(fd, handler);
    } catch (ErrnoException e) {
      fd.close();
      throw e;
    }
  }

  private EventLoop.Handler handler() {
    return new EventLoop.Handler() {
      @Override
      public void ready(int events) {
        noteReady(events);
      }

      @Override
      public void turn() {
        scheduled = false;
        if (fd.isOpen() && owner.turn()) {
          schedule();
        }
      }

      @Override
      public void drop(String reason) {
        owner.drop(reason);
      }
    };
  }

  private void noteReady(int events) {
    int trouble = Epoll.EPOLLERR | Epoll.EPOLLHUP;
    if ((events & (Epoll.EPOLLIN | Epoll.EPOLLRDHUP | trouble)) != 0) {
      readable = true;
    }
    if ((events & (Epoll.EPOLLOUT | trouble)) != 0) {
      writable = true;
    }
    if ((events & (Epoll.EPOLLRDHUP | trouble)) != 0) {
      hungUp = true;
    }
    marked |= (events & Epoll.EPOLLPRI) != 0;
    broken |= (events & Epoll.EPOLLERR) != 0;
    schedule();
  }

  /// Gives the owner a turn soon.
  void schedule() {
    if (!scheduled && fd.isOpen()) {
      scheduled = true;
      loop.schedule(handler);
    }
  }

  void hand(Owner next) {
    owner = next;
  }

  Fd fd() {
    return fd;
  }

  /// Returns whether a read may return data.
  boolean readable() {
    return readable;
  }

  boolean writable() {
    return writable;
  }

  /// Returns whether the peer has ended its direction, or the connection is broken.
  boolean hungUp() {
    return hungUp;
  }

  /// Returns whether the kernel reports an error, normally a reset.
  boolean broken() {
    return broken;
  }

  /// Returns whether data that arrived before a reset can still be read. TCP discards it, a Unix
  /// socket does not.
  boolean outlivesReset() {
    return unix;
  }

  /// Returns whether a read or write has thrown.
  boolean failed() {
    return failed;
  }

  /// Reads up to `limit` bytes. Returns their number, 0 if there are none now, or -1 at the end.
  int read(ByteBuffer into, int limit) throws ErrnoException {
    if (!readable) {
      return 0;
    }
    int wanted = Math.min(limit, into.remaining());
    int count = noting(() -> receive(MemorySegment.ofBuffer(into).asSlice(0, wanted)));
    if (count > 0) {
      into.position(into.position() + count);
      // A short read has emptied the socket, and epoll reports later data. It does not report an
      // end again that it has already reported, so then the socket is read until it returns the
      // end. A Unix socket also reads short before a mark, and so does a socket with urgent data.
      readable = count == wanted || hungUp || unix || marked;
      return count;
    }
    readable = false;
    return count == Sockets.WOULD_BLOCK ? 0 : -1;
  }

  private int receive(MemorySegment into) throws ErrnoException {
    if (!unix) {
      return Sockets.recv(fd, into);
    }
    int count = loop.messages().receive(fd, into);
    passedDescriptors |= count == MessageReader.DESCRIPTORS;
    if (passedDescriptors) {
      throw new ErrnoException("recvmsg", Errno.EINVAL);
    }
    return count;
  }

  /// Returns whether descriptors came with the data. They are closed unseen, and nothing more
  /// is read.
  boolean passedDescriptors() {
    return passedDescriptors;
  }

  /// Sends `buffer`, which is flipped and borrowed from the loop, and gives it back. What the
  /// socket does not take now is kept; call [#flush] before sending more.
  void send(ByteBuffer buffer) throws ErrnoException {
    pending = buffer;
    flush();
  }

  /// Sends the pending bytes. The receiver on a Unix socket may ask for the sender's credentials,
  /// which must be those of the peer, not the shield's.
  private int sendPending() throws ErrnoException {
    var bytes = MemorySegment.ofBuffer(pending);
    return unix ? loop.sender().send(fd, bytes) : Sockets.send(fd, bytes);
  }

  /// Sends pending bytes. Returns true if none are left.
  boolean flush() throws ErrnoException {
    while (writable && pending.hasRemaining()) {
      int count = noting(this::sendPending);
      if (count == Sockets.WOULD_BLOCK) {
        writable = false;
      } else {
        pending.position(pending.position() + count);
      }
    }
    if (pending.hasRemaining()) {
      pending = loop.buffers().keep(pending);
      return false;
    }
    release();
    if (finishing) {
      finishing = false;
      noting(() -> shutdown());
    }
    return true;
  }

  /// Returns whether nothing waits to be sent.
  boolean idle() {
    return !pending.hasRemaining() && !finishing;
  }

  /// Ends the output direction (FIN) once everything is sent.
  void finish() throws ErrnoException {
    finishing = true;
    flush();
  }

  private int shutdown() throws ErrnoException {
    Sockets.shutdown(fd, Sockets.SHUT_WR);
    return 0;
  }

  /// Sets up the leg to the program: segments are sent at once, and every end but [#close] resets
  /// the connection. A Unix socket has neither setting.
  Leg resetUnlessClosed() throws ErrnoException {
    if (!unix) {
      sendAtOnce(fd);
      Sockets.resetOnClose(fd);
      resetUnlessClosed = true;
    }
    return this;
  }

  /// Makes the peer appear to have vanished: the leg neither sends nor receives any more, and is
  /// closed some time later. A Unix socket cannot do that and is reset.
  void vanish() {
    try {
      Sockets.deafen(fd);
      owner = NOBODY;
      pending = pending.position(pending.limit());
      release();
      loop.after(VANISHED, this::reset);
    } catch (ErrnoException _) {
      reset();
    }
  }

  /// Closes with a reset, so that the other side cannot take its data for complete.
  void reset() {
    if (fd.isOpen()) {
      try {
        Sockets.resetOnClose(fd);
      } catch (ErrnoException _) {
        // Only an unconnected socket refuses, and nobody is at its other end.
      }
      resetUnlessClosed = false;
    }
    close();
  }

  void close() {
    if (fd.isOpen()) {
      if (resetUnlessClosed) {
        try {
          Sockets.endOnClose(fd);
        } catch (ErrnoException _) {
          // It is closed all the same.
        }
      }
      loop.forget(key);
      fd.close();
      pending = pending.position(pending.limit());
      release();
    }
  }

  private void release() {
    if (pending.capacity() > 0) {
      loop.buffers().give(pending);
      pending = NOTHING;
    }
  }

  private interface Call {
    int run() throws ErrnoException;
  }

  private int noting(Call call) throws ErrnoException {
    try {
      return call.run();
    } catch (ErrnoException e) {
      failed = true;
      throw e;
    }
  }

  /// Sets up a TCP socket to peers unless that was done before; see [OuterOptions#tune].
  static void tune(Fd fd) throws ErrnoException {
    if (Sockets.getsockopt(fd, Sockets.SOL_SOCKET, Sockets.SO_KEEPALIVE) == 0) {
      OuterOptions.tune(fd);
    }
  }

  private static void sendAtOnce(Fd fd) throws ErrnoException {
    Sockets.setsockopt(fd, Sockets.IPPROTO_TCP, Sockets.TCP_NODELAY, 1);
  }
}
