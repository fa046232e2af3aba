package dev.testudo.shield;

import dev.testudo.linux.sys.Epoll;
import dev.testudo.linux.sys.Errno;
import dev.testudo.linux.sys.ErrnoException;
import dev.testudo.linux.sys.Fd;
import dev.testudo.linux.sys.Files;
import dev.testudo.linux.sys.SocketAddress;
import dev.testudo.linux.sys.Sockets;
import dev.testudo.shield.relay.AcceptCallback;
import dev.testudo.shield.relay.Dial;
import dev.testudo.shield.relay.DialCallback;
import dev.testudo.shield.relay.Established;
import dev.testudo.shield.relay.Places;
import dev.testudo.shield.relay.PublicListener;
import dev.testudo.shield.rule.ClientTls;
import dev.testudo.shield.rule.ServerTls;
import dev.testudo.shield.supervisor.context.SecureSide;
import java.lang.foreign.Arena;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;

/// A relay without TLS: carries bytes between real sockets on threads, and can be slow or fail.
final class PlainRelay implements SecureSide, AutoCloseable {
  final AtomicInteger dials = new AtomicInteger();
  final AtomicInteger started = new AtomicInteger();
  final AtomicInteger cancelled = new AtomicInteger();
  final List<String> abandoned = new CopyOnWriteArrayList<>();
  volatile Duration handshake = Duration.ZERO;
  volatile int handshakeError;
  private volatile CountDownLatch held = new CountDownLatch(0);
  private final List<Door> doors = new CopyOnWriteArrayList<>();

  @Override
  public Dial connect(Fd socket, SocketAddress to, ClientTls tls, DialCallback callback) {
    dials.incrementAndGet();
    thread(() -> dialNow(socket, to, callback));
    return cancelled::incrementAndGet;
  }

  /// Delays the end of every handshake until [#release].
  void hold() {
    held = new CountDownLatch(1);
  }

  void release() {
    held.countDown();
  }

  private void dialNow(Fd fd, SocketAddress to, DialCallback callback)
      throws ErrnoException, InterruptedException {
    sleep(handshake);
    held.await();
    if (handshakeError != 0) {
      callback.failed(handshakeError, "as the test says");
      return;
    }
    Files.setNonBlocking(fd, false);
    int errno = Sockets.connect(fd, to);
    if (errno != 0) {
      fd.close();
      callback.failed(errno, "TCP");
    } else {
      callback.authenticated(new Connection(fd));
    }
  }

  @Override
  public Dial authenticate(
      Fd connected, SocketAddress to, ClientTls tls, boolean patient, DialCallback callback) {
    try {
      callback.authenticated(new Connection(connected));
    } catch (ErrnoException e) {
      callback.failed(e.errno(), "scripted");
    }
    return () -> {};
  }

  @Override
  public PublicListener listen(
      Fd listening, ServerTls tls, Places places, AcceptCallback callback) {
    var door = new Door(listening, callback);
    doors.add(door);
    thread(door::serve);
    return door;
  }

  private final class Door implements PublicListener {
    private final Fd listening;
    private final AcceptCallback callback;

    Door(Fd listening, AcceptCallback callback) {
      this.listening = listening;
      this.callback = callback;
    }

    void serve() throws ErrnoException {
      while (acceptOne()) {
        sleep(Duration.ofMillis(1));
      }
    }

    private synchronized boolean acceptOne() throws ErrnoException {
      if (!listening.isOpen()) {
        return false;
      }
      if (Sockets.poll(listening, Epoll.EPOLLIN) != 0) {
        var accepted = Sockets.accept4(listening, 0);
        if (accepted.isPresent()) {
          callback.authenticated(new Connection(accepted.get().fd()));
        }
      }
      return true;
    }

    @Override
    public synchronized void close() {
      listening.close();
    }
  }

  private final class Connection implements Established {
    private final Fd outer;
    private final SocketAddress local;
    private final SocketAddress peer;

    Connection(Fd outer) throws ErrnoException {
      this.outer = outer;
      this.local = Sockets.getsockname(outer);
      this.peer = Sockets.getpeername(outer);
    }

    @Override
    public SocketAddress localAddress() {
      return local;
    }

    @Override
    public SocketAddress peerAddress() {
      return peer;
    }

    @Override
    public Optional<String> peerName() {
      return Optional.empty();
    }

    @Override
    public Fd socket() {
      return outer;
    }

    @Override
    public void start(Fd localLeg, Runnable vanished) {
      started.incrementAndGet();
      var inbound = thread(() -> pump(outer, localLeg));
      thread(
          () -> {
            pump(localLeg, outer);
            inbound.join();
            localLeg.close();
            outer.close();
          });
    }

    @Override
    public void leaveQueue() {}

    @Override
    public void abandon(String reason) {
      abandoned.add(reason);
      outer.close();
    }
  }

  private static void pump(Fd from, Fd to) throws ErrnoException {
    Files.setNonBlocking(from, false);
    try (var arena = Arena.ofConfined()) {
      var buffer = arena.allocate(65_536);
      for (int n = Files.read(from, buffer); n > 0; n = Files.read(from, buffer)) {
        for (int at = 0; at < n; ) {
          at += Files.write(to, buffer.asSlice(at, n - at));
        }
      }
      Sockets.shutdown(to, Sockets.SHUT_WR);
    } catch (ErrnoException e) {
      if (e.errno() != Errno.ECONNRESET
          && e.errno() != Errno.EPIPE
          && e.errno() != Errno.ENOTCONN) {
        throw e;
      }
      Sockets.shutdown(from, Sockets.SHUT_RDWR);
    }
  }

  private interface Work {
    void run() throws ErrnoException, InterruptedException;
  }

  private static Thread thread(Work work) {
    return Thread.ofPlatform()
        .daemon()
        .start(
            () -> {
              try {
                work.run();
              } catch (ErrnoException e) {
                // The other side has disconnected; tests check what their program got.
              } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
              }
            });
  }

  private static void sleep(Duration time) {
    try {
      Thread.sleep(time);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  @Override
  public void close() {
    release();
    doors.forEach(Door::close);
  }
}
