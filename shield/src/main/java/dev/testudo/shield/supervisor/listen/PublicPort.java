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

/// The public address of a protected listener. The shield owns its socket. Behind it are
/// the program's own sockets, the [PrivateListener]s: one, or several that share the
/// port (`SO_REUSEPORT`).
public final class PublicPort {
  /// More than any kernel's backlog limit.
  private static final long MANY = 1 << 24;

  private final Context context;
  private final Inet address;
  private final ServerTls tls;
  private final Traits traits;
  private final List<PrivateListener> listeners = new ArrayList<>();

  /// The accept queue of all listeners together.
  private final Places places = new Places(0);

  /// The socket at the address. The supervisor owns it while it only reserves the port, and the
  /// relay while it listens.
  private Optional<Fd> socket;

  private Optional<PublicListener> open = Optional.empty();
  private int turn;

  /// The properties that the public socket takes over from the program's.
  ///
  /// @param owner the user id of the socket; the kernel lets only one user's sockets share a
  ///     port (`SO_REUSEPORT`)
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

  /// Reserves the port. Fails with the same errors as the program's bind would.
  ///
  /// @param program the program's socket
  static PublicPort reserve(
      Context context, Inet address, ServerTls tls, Traits traits, ProgramSocket program)
      throws ErrnoException {
    var device = context.sockets().table().find(program).flatMap(SocketState::device);
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
      // Never SO_REUSEPORT, because another process could then share the port.
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

  /// Returns whether another socket with these traits may be behind this port.
  boolean isSharedWith(Traits other) {
    return traits.sharedPort() && other.sharedPort() && traits.owner() == other.owner();
  }

  void add(PrivateListener listener) {
    listeners.add(listener);
  }

  boolean isUnused() {
    return listeners.isEmpty();
  }

  /// Called when the program has closed one of its sockets behind this port.
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

  /// Returns the socket at which peers arrive, for use with [Fd#whileOpen]. Accepted sockets
  /// inherit its options.
  Optional<Fd> socket() {
    return socket;
  }

  /// Starts to accept connections, or changes how many may wait.
  ///
  /// @param program the program's socket
  /// @param listener the same socket's listener
  /// @param room how many connections may wait for that socket
  void listen(ProgramSocket program, PrivateListener listener, int room) throws ErrnoException {
    var others = listeners.stream().filter(one -> one != listener);
    int all = (int) Math.min(room + others.mapToLong(PrivateListener::places).sum(), MANY);
    if (open.isPresent()) {
      socket.orElseThrow().whileOpen(fd -> Sockets.listen(fd, all - 1));
      places.limit(all);
      return;
    }
    var device = context.sockets().table().find(program).flatMap(SocketState::device);
    var fd = socket.isPresent() ? socket.get() : bound(address, traits, program, device);
    socket = Optional.of(fd);
    Sockets.listen(fd, all - 1);
    places.limit(all);
    open = Optional.of(context.secureSide().listen(fd, tls, places, this::arrived));
  }

  /// Updates the limit, and stops listening if no socket of the program listens behind this port.
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

  /// Called on a thread of the relay.
  private void arrived(Established peer) {
    if (!context.loop().post(() -> ring(peer))) {
      peer.abandon("the shield has ended");
    }
  }

  private void ring(Established peer) {
    ring(peer, listeners.size());
  }

  /// Delivers `peer` to the listeners in turn. If the chosen worker has closed its socket or has
  /// died, the next one gets the peer.
  private void ring(Established peer, int otherWorkers) {
    var served = listeners.stream().filter(PrivateListener::isListening).toList();
    if (served.isEmpty() || otherWorkers < 0) {
      peer.abandon("the program no longer listens");
      return;
    }
    turn = (turn + 1) % served.size();
    for (int i = 1; i < served.size() && !served.get(turn).hasRoom(); i++) {
      turn = (turn + 1) % served.size();
    }
    Runnable another =
        () -> {
          context.sockets().table().releaseDeadListeners();
          ring(peer, otherWorkers - 1);
        };
    Doorbell.ring(context, served.get(turn), peer, another);
  }
}
