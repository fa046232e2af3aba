package dev.testudo.shield.supervisor.listen;

import static dev.testudo.linux.sys.Sockets.SOL_SOCKET;

import dev.testudo.linux.sys.ErrnoException;
import dev.testudo.linux.sys.Fd;
import dev.testudo.linux.sys.Files;
import dev.testudo.linux.sys.SocketAddress;
import dev.testudo.linux.sys.SocketAddress.Inet;
import dev.testudo.linux.sys.Sockets;
import dev.testudo.shield.option.OuterOptions;
import dev.testudo.shield.relay.Established;
import dev.testudo.shield.relay.Places;
import dev.testudo.shield.relay.PublicListener;
import dev.testudo.shield.rule.ServerTls;
import dev.testudo.shield.supervisor.context.Context;
import dev.testudo.shield.supervisor.socket.Device;
import dev.testudo.shield.supervisor.socket.ProgramSocket;
import dev.testudo.shield.supervisor.socket.SocketState;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// The address at which peers reach a protected listener of the program. The shield owns it; the
/// program's own sockets are the [PrivateListener]s behind it: one, or several that asked to share
/// the port (`SO_REUSEPORT`).
public final class PublicPort {
  /// More than any kernel's limit of a backlog.
  private static final long MANY = 1 << 24;

  private final Context context;
  private final Inet address;
  private final ServerTls tls;
  private final Traits traits;
  private final List<PrivateListener> listeners = new ArrayList<>();

  /// Of all listeners together.
  private final Places places = new Places(0);

  /// The socket at the address: ours while it only holds the port, the relay's while it listens.
  private Optional<Fd> socket;

  private Optional<PublicListener> open = Optional.empty();
  private int turn;

  /// What the public socket takes over from the program's own.
  ///
  /// @param owner whose socket it is: the kernel lets one user's sockets share a port
  /// (`SO_REUSEPORT`), and nobody else's
  record Traits(
      boolean inet6, boolean v6Only, boolean reuseAddress, boolean sharedPort, int owner) {
    static Traits of(ProgramSocket socket) throws ErrnoException {
      return new Traits(
          socket.isInet6(),
          socket.isV6Only(),
          Sockets.getsockopt(socket.fd(), SOL_SOCKET, Sockets.SO_REUSEADDR) != 0,
          Sockets.getsockopt(socket.fd(), SOL_SOCKET, Sockets.SO_REUSEPORT) != 0,
          Files.owner(socket.fd()));
    }
  }

  private PublicPort(Context context, Inet address, ServerTls tls, Traits traits, Fd reserved) {
    this.context = context;
    this.address = address;
    this.tls = tls;
    this.traits = traits;
    this.socket = Optional.of(reserved);
  }

  /// Takes the port, as the program's bind would: the errors are the same.
  ///
  /// @param program the program's socket
  static PublicPort reserve(
      Context context, Inet address, ServerTls tls, Traits traits, ProgramSocket program)
      throws ErrnoException {
    var device = context.table().find(program).flatMap(SocketState::device);
    var socket = bound(address, traits, program, device);
    return new PublicPort(context, address, tls, traits, socket);
  }

  private static Fd bound(
      Inet address, Traits traits, ProgramSocket program, Optional<Device> device)
      throws ErrnoException {
    boolean inet6 = address instanceof SocketAddress.Inet6;
    int domain = inet6 ? SocketAddress.AF_INET6 : SocketAddress.AF_INET;
    var fd = Sockets.socket(domain, Sockets.SOCK_STREAM | Sockets.SOCK_NONBLOCK, 0);
    try {
      Sockets.setsockopt(fd, SOL_SOCKET, Sockets.SO_REUSEADDR, traits.reuseAddress() ? 1 : 0);
      if (inet6) {
        int v6Only = traits.v6Only() ? 1 : 0;
        Sockets.setsockopt(fd, Sockets.IPPROTO_IPV6, Sockets.IPV6_V6ONLY, v6Only);
      }
      OuterOptions.carry(program.fd(), fd);
      if (device.isPresent()) {
        device.get().bind(fd);
      }
      // Never SO_REUSEPORT: another process could share our port.
      Sockets.bind(fd, address);
      return fd;
    } catch (ErrnoException e) {
      fd.close();
      throw e;
    }
  }

  Inet address() {
    return address;
  }

  String rule() {
    return tls.rule();
  }

  /// Whether a further socket with these traits may stand behind this port.
  boolean isSharedWith(Traits other) {
    return traits.sharedPort() && other.sharedPort() && traits.owner() == other.owner();
  }

  void add(PrivateListener listener) {
    listeners.add(listener);
  }

  boolean isUnused() {
    return listeners.isEmpty();
  }

  /// One of the program's sockets behind this port is gone.
  void remove(PrivateListener listener) {
    listeners.remove(listener);
    stopUnlessServed();
    if (listeners.isEmpty()) {
      giveUp();
    }
  }

  /// Frees the port.
  void giveUp() {
    socket.ifPresent(Fd::close);
    socket = Optional.empty();
  }

  /// The socket at which peers arrive, for [Fd#whileOpen]; what comes from it has its options.
  Optional<Fd> socket() {
    return socket;
  }

  /// Starts to take connections, or changes how many may wait when it does already.
  ///
  /// @param program the program's socket
  /// @param listener the same
  /// @param room how many may wait for that socket
  void listen(ProgramSocket program, PrivateListener listener, int room) throws ErrnoException {
    var others = listeners.stream().filter(one -> one != listener);
    int all = (int) Math.min(room + others.mapToLong(PrivateListener::places).sum(), MANY);
    if (open.isPresent()) {
      socket.orElseThrow().whileOpen(fd -> Sockets.listen(fd, all - 1));
      places.limit(all);
      return;
    }
    var device = context.table().find(program).flatMap(SocketState::device);
    var fd = socket.isPresent() ? socket.get() : bound(address, traits, program, device);
    socket = Optional.of(fd);
    Sockets.listen(fd, all - 1);
    places.limit(all);
    open = Optional.of(context.secureSide().listen(fd, tls, places, this::arrived));
  }

  /// Closes the door while no socket of the program is behind it.
  void stopUnlessServed() {
    long room = listeners.stream().mapToLong(PrivateListener::places).sum();
    places.limit((int) Math.min(room, MANY));
    if (listeners.stream().noneMatch(PrivateListener::isListening)) {
      if (open.isPresent()) {
        open.get().close();
        socket = Optional.empty();
      }
      open = Optional.empty();
    }
  }

  /// On a thread of the relay.
  private void arrived(Established peer) {
    if (!context.loop().post(() -> ring(peer))) {
      peer.abandon("the shield has ended");
    }
  }

  private void ring(Established peer) {
    ring(peer, listeners.size());
  }

  /// A worker that has closed its socket, or died, is noticed when it is rung at; then another one
  /// gets the peer.
  private void ring(Established peer, int otherWorkers) {
    var served = listeners.stream().filter(PrivateListener::isListening).toList();
    if (served.isEmpty() || otherWorkers < 0) {
      peer.abandon("the program does not listen any more");
      return;
    }
    turn = (turn + 1) % served.size();
    for (int i = 1; i < served.size() && !served.get(turn).hasRoom(); i++) {
      turn = (turn + 1) % served.size();
    }
    Runnable another =
        () -> {
          context.table().releaseDeadListeners();
          ring(peer, otherWorkers - 1);
        };
    Doorbell.ring(context, served.get(turn), peer, another);
  }
}
