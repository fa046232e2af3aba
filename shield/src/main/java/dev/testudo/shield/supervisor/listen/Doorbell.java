package dev.testudo.shield.supervisor.listen;

import dev.testudo.linux.sys.Epoll;
import dev.testudo.linux.sys.Errno;
import dev.testudo.linux.sys.ErrnoException;
import dev.testudo.linux.sys.Fd;
import dev.testudo.linux.sys.SocketAddress;
import dev.testudo.linux.sys.SocketAddress.Inet;
import dev.testudo.linux.sys.SocketAddress.Inet4;
import dev.testudo.linux.sys.SocketAddress.Inet6;
import dev.testudo.linux.sys.Sockets;
import dev.testudo.shield.Shortages.Side;
import dev.testudo.shield.loop.Timer;
import dev.testudo.shield.relay.Established;
import dev.testudo.shield.supervisor.connect.Gate;
import dev.testudo.shield.supervisor.connect.Vanished;
import dev.testudo.shield.supervisor.context.Context;
import dev.testudo.shield.supervisor.socket.OuterSocket;
import dev.testudo.shield.supervisor.socket.ProgramSocket;
import java.time.Duration;
import java.util.Optional;

/// Delivers an authenticated peer to the program. It connects to the program's [PrivateListener],
/// which becomes readable like any listening socket, so the program's backlog, epoll and worker
/// processes work as usual.
public final class Doorbell {
  /// How long the relay keeps a peer that the program does not take.
  private static final Duration PATIENCE = Duration.ofSeconds(10);

  private final Context context;
  private final PrivateListener listener;
  private final Established peer;
  private final Fd leg;
  private final Inet legAddress;

  /// Called when the listener is closed; the peer is still connected then.
  private final Runnable gone;

  private final Vanished vanished;
  private long watch;
  private Optional<Timer> limit = Optional.empty();

  private Doorbell(
      Context context,
      PrivateListener listener,
      Established peer,
      Fd leg,
      Inet legAddress,
      Runnable gone) {
    this.context = context;
    this.vanished = new Vanished(context);
    this.listener = listener;
    this.peer = peer;
    this.leg = leg;
    this.legAddress = legAddress;
    this.gone = gone;
  }

  /// Delivers `peer` to the program through `listener`, or calls `gone`.
  static void ring(Context context, PrivateListener listener, Established peer, Runnable gone) {
    boolean inet6 = listener.address().canonical() instanceof Inet6;
    int domain = inet6 ? SocketAddress.AF_INET6 : SocketAddress.AF_INET;
    try {
      var leg = Sockets.socket(domain, Sockets.SOCK_STREAM | Sockets.SOCK_NONBLOCK, 0);
      try {
        // The kernel chooses the port on connect, where it must only differ from this listener's
        // other connections. A port chosen on bind would also have to differ from all recent ones.
        Sockets.setsockopt(leg, Sockets.IPPROTO_IP, Sockets.IP_BIND_ADDRESS_NO_PORT, 1);
        OuterSocket.near(leg, inet6);
        Sockets.bind(
            leg, inet6 ? new Inet6(Gate.loopback6(), 0) : new Inet4(context.sockets().hidden(), 0));
        int errno = Sockets.connect(leg, listener.address().canonical());
        if (errno != 0 && errno != Errno.EINPROGRESS) {
          throw new ErrnoException("connect to the program", errno);
        }
        var address = ProgramSocket.inet(Sockets.getsockname(leg));
        new Doorbell(context, listener, peer, leg, address, gone).announce();
      } catch (ErrnoException e) {
        leg.close();
        throw e;
      }
    } catch (ErrnoException e) {
      context.reports().shortages().note(Side.INBOUND, "a peer is refused", e.errno());
      failed(peer, gone, e);
    }
  }

  private static void failed(Established peer, Runnable gone, ErrnoException problem) {
    if (problem.errno() == Errno.ECONNREFUSED) {
      gone.run();
    } else {
      peer.abandon("the program's listener cannot be reached: " + problem.getMessage());
    }
  }

  /// Announces the peer to the listener. The program's accept call runs on this thread, so it
  /// cannot come first.
  private void announce() throws ErrnoException {
    var visitor =
        new PrivateListener.Visitor(
            ProgramSocket.inet(peer.localAddress()),
            ProgramSocket.inet(peer.peerAddress()),
            peer.socket(),
            vanished,
            peer::leaveQueue);
    if (!listener.expect(legAddress, visitor)) {
      throw new ErrnoException("queue of connections", Errno.ENOBUFS);
    }
    if (Sockets.poll(leg, Epoll.EPOLLOUT) != 0) {
      connected();
      return;
    }
    // The program's backlog is full. As for any client, the kernel retries.
    watch = context.loop().watch(leg, Epoll.EPOLLOUT, _ -> end());
    limit = Optional.of(context.loop().after(PATIENCE, this::end));
  }

  private void end() {
    limit.ifPresent(Timer::cancel);
    context.loop().unwatch(watch, leg);
    connected();
  }

  private void connected() {
    try {
      int error = Sockets.takeError(leg);
      if (error != 0) {
        throw new ErrnoException("connect to the program", error);
      }
      checkListener();
      peer.start(leg, vanished);
    } catch (ErrnoException e) {
      listener.forget(legAddress);
      leg.close();
      failed(peer, gone, e);
    }
  }

  /// Checks that the port still belongs to the program's socket. If that socket still listens
  /// there, no other can, because it gave up `SO_REUSEPORT` before it was bound.
  private void checkListener() throws ErrnoException {
    Sockets.getpeername(leg);
    if (!context.sockets().table().diag().listens(listener.address(), listener.cookie())) {
      throw new ErrnoException("listener", Errno.ECONNREFUSED);
    }
  }
}
