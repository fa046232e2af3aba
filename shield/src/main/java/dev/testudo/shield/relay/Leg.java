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

/// One socket on a loop: what it can do now, and the bytes it has not taken yet.
///
/// Watching is edge-triggered, so the flags stay until the kernel says "not now"; nothing is
/// re-armed, and pausing a reader is simply not reading.
final class Leg {
  /// Receives turns and the end for the leg; changes when the handshake hands over to the relay.
  interface Owner {
    /// Takes one turn of work; true when there is more to do at once.
    boolean turn();

    /// See [EventLoop.Handler#drop(String)].
    void drop(String reason);
  }

  private static final ByteBuffer NOTHING = ByteBuffer.allocate(0);

  /// How long a program may take to find out that its peer has vanished.
  private static final Duration VANISHED = Duration.ofSeconds(10);

  /// Has the leg until [#hand] names somebody.
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

  /// Whether urgent data has ever arrived. A read stops short at its mark, see tcp(7).
  private boolean marked;

  private boolean hungUp;
  private boolean broken;
  private boolean finishing;
  private boolean failed;
  private boolean passedDescriptors;
  private boolean resetUnlessClosed;

  /// Takes over `fd`, whatever happens.
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

  /// Whether a read may bring something.
  boolean readable() {
    return readable;
  }

  boolean writable() {
    return writable;
  }

  /// Whether the peer has ended its direction, or the connection is broken.
  boolean hungUp() {
    return hungUp;
  }

  /// Whether the kernel reports an error, normally a reset.
  boolean broken() {
    return broken;
  }

  /// Whether what arrived before a reset can still be read: TCP forgets it, a Unix socket does not.
  boolean outlivesReset() {
    return unix;
  }

  /// Whether a read or write has thrown.
  boolean failed() {
    return failed;
  }

  /// Reads up to `limit` bytes: their number, 0 when there are none now, -1 at the end.
  int read(ByteBuffer into, int limit) throws ErrnoException {
    if (!readable) {
      return 0;
    }
    int wanted = Math.min(limit, into.remaining());
    int count = noting(() -> receive(MemorySegment.ofBuffer(into).asSlice(0, wanted)));
    if (count > 0) {
      into.position(into.position() + count);
      // A short read has emptied the socket, and what arrives later is reported anew. An end that
      // was already reported is not, so then the socket is read until it says so. A Unix socket,
      // and one to which urgent data came, also read short before a mark.
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

  /// Whether descriptors came with the bytes. They are closed, nobody has seen them, and nothing
  /// more is read.
  boolean passedDescriptors() {
    return passedDescriptors;
  }

  /// Sends `buffer`, which is flipped and borrowed from the loop, and gives it back. What the
  /// socket does not take now waits; the caller asks [#flush] before it sends more.
  void send(ByteBuffer buffer) throws ErrnoException {
    pending = buffer;
    flush();
  }

  /// Who receives from a Unix socket may be told the sender: that is the peer, not us.
  private int sendPending() throws ErrnoException {
    var bytes = MemorySegment.ofBuffer(pending);
    return unix ? loop.sender().send(fd, bytes) : Sockets.send(fd, bytes);
  }

  /// Sends what waits; true when nothing waits any more.
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

  /// Whether nothing waits to be sent.
  boolean idle() {
    return !pending.hasRemaining() && !finishing;
  }

  /// Ends our direction (FIN) once everything is sent.
  void finish() throws ErrnoException {
    finishing = true;
    flush();
  }

  private int shutdown() throws ErrnoException {
    Sockets.shutdown(fd, Sockets.SHUT_WR);
    return 0;
  }

  /// Sets up the leg to the program: every segment goes out at once, and the connection ends with a
  /// reset however it ends, but by [#close]. (A Unix socket has neither.)
  Leg resetUnlessClosed() throws ErrnoException {
    if (!unix) {
      sendAtOnce(fd);
      Sockets.resetOnClose(fd);
      resetUnlessClosed = true;
    }
    return this;
  }

  /// Says nothing any more and hears nothing: to the program its peer has vanished. (A Unix
  /// socket's peer cannot.) Closed some time later.
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

  /// Closes with a reset instead of an end: the other side must not take this for all there was.
  void reset() {
    if (fd.isOpen()) {
      try {
        Sockets.resetOnClose(fd);
      } catch (ErrnoException _) {
        // Only an unconnected socket refuses, and that has nobody to mislead.
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
          // It closes all the same.
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

  /// Sets up a TCP socket to peers that nobody has set up yet; see [OuterOptions#tune].
  static void tune(Fd fd) throws ErrnoException {
    if (Sockets.getsockopt(fd, Sockets.SOL_SOCKET, Sockets.SO_KEEPALIVE) == 0) {
      OuterOptions.tune(fd);
    }
  }

  private static void sendAtOnce(Fd fd) throws ErrnoException {
    Sockets.setsockopt(fd, Sockets.IPPROTO_TCP, Sockets.TCP_NODELAY, 1);
  }
}
