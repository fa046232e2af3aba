package dev.testudo.shield.relay;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.testudo.linux.sys.ErrnoException;
import dev.testudo.linux.sys.Fd;
import dev.testudo.linux.sys.SocketAddress;
import dev.testudo.linux.sys.Sockets;
import dev.testudo.policy.shield.TlsVersion;
import dev.testudo.shield.ShieldEvent;
import dev.testudo.shield.option.OuterOptions;
import dev.testudo.shield.rule.Alpn;
import dev.testudo.shield.rule.ClientTls;
import dev.testudo.shield.rule.ExpectedClients;
import dev.testudo.shield.rule.ExpectedServer;
import dev.testudo.shield.rule.PeerTrust;
import dev.testudo.shield.rule.ServerTls;
import dev.testudo.shield.tls.TestAuthority;
import dev.testudo.shield.tls.TlsLibrary;
import dev.testudo.trust.pki.Identity;
import java.io.IOException;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;

/// One [Relays] with both ends of connections on it. The programs at the outer ends are plain
/// Java sockets.
final class Shields implements AutoCloseable {
  private static final int PATIENCE_MILLIS = 120_000;

  /// The default limits, except that a handshake may take as long as a busy machine needs.
  private static final RelayLimits LIMITS =
      new RelayLimits(
          RelayLimits.DEFAULT.connections(),
          RelayLimits.DEFAULT.handshakes(),
          Duration.ofMillis(PATIENCE_MILLIS),
          RelayLimits.DEFAULT.answerTime(),
          RelayLimits.DEFAULT.halfClosedIdle());

  private static final Set<TlsLibrary> WARM = ConcurrentHashMap.newKeySet();

  final TestAuthority authority = new TestAuthority("test authority");
  final Identity identity = authority.issue("redis", "*.mesh.example");
  final Relays relays;
  final BlockingQueue<ShieldEvent> events = new LinkedBlockingQueue<>();
  private final InetAddress loopback = address();

  Shields(TlsLibrary library) throws IOException {
    this(library, LIMITS);
  }

  Shields(TlsLibrary library, RelayLimits limits) throws IOException {
    var clock = InstantSource.system();
    relays = new Relays(events::add, limits, library.engines(clock), clock);
    if (WARM.add(library)) {
      warmUp(library);
    }
  }

  /// Makes a handshake first. It loads a lot of code in a new JVM, for which the short deadlines of
  /// some tests are too short.
  private static void warmUp(TlsLibrary library) throws IOException {
    try (var shields = new Shields(library);
        var server = shields.server();
        var _ = shields.connect(server.port)) {}
  }

  private static InetAddress address() {
    return InetAddress.ofLiteral("127.0.0.1");
  }

  /// A public listener whose connections are handed to a program of the test.
  final class Server implements AutoCloseable {
    final Fd listening;
    final int port;
    final BlockingQueue<Socket> programs = new LinkedBlockingQueue<>();
    final BlockingQueue<Established> peers = new LinkedBlockingQueue<>();
    final PublicListener listener;

    Server(ServerTls tls, Fd listening) throws ErrnoException {
      this(tls, listening, Places.unlimited());
    }

    Server(ServerTls tls, Fd listening, Places places) throws ErrnoException {
      this.listening = listening;
      this.port = Sockets.getsockname(listening) instanceof SocketAddress.Inet ip ? ip.port() : 0;
      listener =
          relays.listen(
              listening,
              () -> tls,
              places,
              peer -> {
                peers.add(peer);
                programs.add(program(peer));
              });
    }

    Socket next() throws InterruptedException {
      var socket = programs.poll(PATIENCE_MILLIS, TimeUnit.MILLISECONDS);
      assertTrue(socket != null, "the connection reaches the program");
      return socket;
    }

    @Override
    public void close() {
      listener.close();
    }
  }

  Server server() throws ErrnoException {
    return server(List.of());
  }

  Server server(List<String> foreignAlpn) throws ErrnoException {
    return server(foreignAlpn, identity, authority.trust());
  }

  /// As [#server()], with an accept queue of `places` places that nobody leaves.
  Server server(int places) throws ErrnoException {
    var fd = listening();
    var tls = new ServerTls("SERVER_1", Alpn.tcp(port(fd), List.of()), identity, authority.trust());
    return new Server(tls, fd, new Places(places));
  }

  Server server(List<String> foreignAlpn, Identity me, PeerTrust clients) throws ErrnoException {
    var fd = listening();
    return new Server(new ServerTls("SERVER_1", Alpn.tcp(port(fd), foreignAlpn), me, clients), fd);
  }

  ClientTls client(int port) {
    return client(Alpn.tcp(port, List.of()), Optional.of(identity), "redis", authority.trust());
  }

  /// As [#server()], for clients with certain names and older TLS versions.
  Server server(List<String> foreignAlpn, ExpectedClients clients, TlsVersion minimum)
      throws ErrnoException {
    var fd = listening();
    var alpn = Alpn.tcp(port(fd), foreignAlpn);
    return new Server(new ServerTls("SERVER_1", alpn, identity, clients, minimum), fd);
  }

  /// As [#client(int)], for servers with older TLS versions and other protocols.
  ClientTls client(int port, List<String> foreignAlpn, TlsVersion minimum) {
    var server = new ExpectedServer("redis", authority.trust());
    return new ClientTls(
        "CLIENT_1", Alpn.tcp(port, foreignAlpn), Optional.of(identity), server, minimum);
  }

  ClientTls client(Alpn alpn, Optional<Identity> me, String name, PeerTrust servers) {
    return new ClientTls("CLIENT_1", alpn, me, new ExpectedServer(name, servers));
  }

  /// The result of a dial.
  sealed interface Dialed {
    record Connected(Established peer) implements Dialed {}

    record Failed(int errno, String reason) implements Dialed {}
  }

  Dialed dial(int port, ClientTls tls) {
    return dial(relays, at(port), tls);
  }

  private static Dialed dial(Relays from, SocketAddress to, ClientTls tls) {
    return dial(from, Optional.empty(), to, tls);
  }

  /// Creates a socket for a connection to `to`.
  static Fd socket(Optional<SocketAddress> source, SocketAddress to) {
    try {
      int domain =
          switch (to) {
            case SocketAddress.Inet4 _ -> SocketAddress.AF_INET;
            case SocketAddress.Inet6 _ -> SocketAddress.AF_INET6;
            default -> SocketAddress.AF_UNIX;
          };
      var fd = Sockets.socket(domain, Sockets.SOCK_STREAM | Sockets.SOCK_NONBLOCK, 0);
      if (!(to instanceof SocketAddress.UnixPath)) {
        OuterOptions.tune(fd);
      }
      if (source.isPresent()) {
        Sockets.bind(fd, source.get());
      }
      return fd;
    } catch (ErrnoException e) {
      throw new AssertionError(e);
    }
  }

  private static Dialed dial(
      Relays from, Optional<SocketAddress> source, SocketAddress to, ClientTls tls) {
    var result = new CompletableFuture<Dialed>();
    from.connect(
        socket(source, to),
        to,
        tls,
        new DialCallback() {
          @Override
          public void authenticated(Established peer) {
            result.complete(new Dialed.Connected(peer));
          }

          @Override
          public void failed(int errno, String reason) {
            result.complete(new Dialed.Failed(errno, reason));
          }
        });
    return result.orTimeout(PATIENCE_MILLIS, TimeUnit.MILLISECONDS).join();
  }

  SocketAddress at(int port) {
    return new SocketAddress.Inet4((Inet4Address) loopback, port);
  }

  /// Returns a program's socket, connected through the shield.
  Socket connect(int port) {
    return connect(port, client(port));
  }

  Socket connect(int port, ClientTls tls) {
    return connect(relays, port, tls);
  }

  /// As [#connect(int)], from another address of this machine.
  Socket connectFrom(String address, int port) {
    var source = new SocketAddress.Inet4((Inet4Address) InetAddress.ofLiteral(address), 0);
    return connected(dial(relays, Optional.of(source), at(port), client(port)));
  }

  Socket connect(SocketAddress to, ClientTls tls) {
    return connected(dial(relays, to, tls));
  }

  /// As [#connect(int)], from another relay than the servers'.
  Socket connect(Relays from, int port, ClientTls tls) {
    return connected(dial(from, at(port), tls));
  }

  private Socket connected(Dialed dialed) {
    return switch (dialed) {
      case Dialed.Connected(var peer) -> program(peer);
      case Dialed.Failed(_, var reason) -> throw new AssertionError(reason);
    };
  }

  Dialed.Failed refused(int port, ClientTls tls) {
    return switch (dial(port, tls)) {
      case Dialed.Connected(var peer) -> {
        peer.abandon("unexpected");
        throw new AssertionError("connected");
      }
      case Dialed.Failed failed -> failed;
    };
  }

  /// Starts `peer` with one end of a loopback connection, and returns the other.
  Socket program(Established peer) {
    try (var rendezvous = new ServerSocket(0, 1, loopback)) {
      var leg = Sockets.socket(SocketAddress.AF_INET, Sockets.SOCK_STREAM, 0);
      assertEquals(0, Sockets.connect(leg, at(rendezvous.getLocalPort())));
      var program = rendezvous.accept();
      program.setSoTimeout(PATIENCE_MILLIS);
      program.setTcpNoDelay(true);
      peer.start(leg);
      return program;
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  Fd listening() throws ErrnoException {
    var fd = Sockets.socket(SocketAddress.AF_INET, Sockets.SOCK_STREAM, 0);
    Sockets.bind(fd, at(0));
    Sockets.listen(fd, 1024);
    return fd;
  }

  static int port(Fd fd) throws ErrnoException {
    return ((SocketAddress.Inet) Sockets.getsockname(fd)).port();
  }

  /// Makes a plain connection to a public port, like a client without a shield.
  Socket raw(int port) throws IOException {
    var socket = new Socket();
    socket.connect(new InetSocketAddress(loopback, port), PATIENCE_MILLIS);
    socket.setSoTimeout(PATIENCE_MILLIS);
    return socket;
  }

  /// Returns the next event of a kind. Drops the events before it.
  <E extends ShieldEvent> E event(Class<E> kind) throws InterruptedException {
    return event(kind, _ -> true);
  }

  <E extends ShieldEvent> E event(Class<E> kind, Predicate<E> which) throws InterruptedException {
    long until = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(PATIENCE_MILLIS);
    while (true) {
      var event = events.poll(until - System.nanoTime(), TimeUnit.NANOSECONDS);
      assertTrue(event != null, "an event " + kind.getSimpleName());
      if (kind.isInstance(event) && which.test(kind.cast(event))) {
        return kind.cast(event);
      }
    }
  }

  @Override
  public void close() {
    relays.close();
  }
}
