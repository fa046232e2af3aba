package dev.testudo.shield.relay;

import dev.testudo.linux.sys.ErrnoException;
import dev.testudo.linux.sys.Fd;
import dev.testudo.linux.sys.SocketAddress;
import dev.testudo.linux.sys.Sockets;
import dev.testudo.shield.rule.Alpn;
import dev.testudo.shield.rule.ClientTls;
import dev.testudo.shield.rule.ExpectedServer;
import dev.testudo.shield.rule.PeerTrust;
import dev.testudo.shield.rule.ServerTls;
import dev.testudo.shield.tls.TlsLibrary;
import dev.testudo.trust.pki.Identity;
import java.io.IOException;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;

/// The relay as a stand-alone proxy for `bench/shield/run`: plain TCP on one side, TLS on the
/// other, like stunnel. It is the data path of a shield without the program and its supervisor.
///
/// Arguments: `client` or `server`, the port to listen on, the port to connect to, a PEM file with
/// certificate and key, one with the authority. Both ends name the server `redis`.
@SuppressWarnings("SystemOut") // printing is how it says that it is ready
public final class RelayProxy {
  private static final String SERVER_NAME = "redis";
  private static final int BACKLOG = 1024;

  private final Relays relays;
  private final Identity me;
  private final PeerTrust trust;
  private final SocketAddress to;

  private RelayProxy(Relays relays, Identity me, PeerTrust trust, SocketAddress to) {
    this.relays = relays;
    this.me = me;
    this.trust = trust;
    this.to = to;
  }

  public static void main(String[] arguments) throws Exception {
    var library = TlsLibrary.chosen();
    var clock = InstantSource.system();
    try (var relays = new Relays(_ -> {}, RelayLimits.DEFAULT, library.engines(clock), clock)) {
      relays.warmUp();
      var me = Identity.fromPem(Files.readString(Path.of(arguments[3])));
      var proxy = new RelayProxy(relays, me, trust(Path.of(arguments[4])), at(arguments[2]));
      var listening = Sockets.socket(SocketAddress.AF_INET, Sockets.SOCK_STREAM, 0);
      Sockets.setsockopt(listening, Sockets.SOL_SOCKET, Sockets.SO_REUSEADDR, 1);
      Sockets.bind(listening, at(arguments[1]));
      Sockets.listen(listening, BACKLOG);
      System.out.println("ready " + library.label());
      if (arguments[0].equals("client")) {
        proxy.serveClients(listening);
      } else {
        proxy.serveServers(listening);
      }
    }
  }

  private static SocketAddress at(String port) {
    var loopback = (Inet4Address) InetAddress.ofLiteral("127.0.0.1");
    return new SocketAddress.Inet4(loopback, Integer.parseInt(port));
  }

  private static PeerTrust trust(Path pem) throws IOException, CertificateException {
    try (var in = Files.newInputStream(pem)) {
      var authority = CertificateFactory.getInstance("X.509").generateCertificate(in);
      return new PeerTrust.IssuedBy(List.of((X509Certificate) authority));
    }
  }

  /// Returns the ALPN terms. Both ends of the benchmark use the same id, whatever their ports.
  private static Alpn alpn() {
    return Alpn.tcp(1, List.of());
  }

  private void serveClients(Fd listening) throws ErrnoException {
    var server = new ExpectedServer(SERVER_NAME, trust);
    var tls = new ClientTls("CLIENT_1", alpn(), Optional.of(me), server);
    while (true) {
      // The listener is in blocking mode, so there always is one.
      var program = Sockets.accept4(listening, 0).orElseThrow().fd();
      relays.connect(Shields.socket(Optional.empty(), to), to, tls, carrying(program));
    }
  }

  private static DialCallback carrying(Fd program) {
    return new DialCallback() {
      @Override
      public void authenticated(Established peer) {
        peer.start(program);
      }

      @Override
      public void failed(int errno, String reason) {
        System.out.println(reason);
        program.close();
      }
    };
  }

  private void serveServers(Fd listening) throws ErrnoException, InterruptedException {
    var tls = new ServerTls("SERVER_1", alpn(), me, trust);
    relays.listen(listening, () -> tls, Places.unlimited(), this::connectProgram);
    Thread.currentThread().join();
  }

  private void connectProgram(Established peer) {
    try {
      var program = Sockets.socket(SocketAddress.AF_INET, Sockets.SOCK_STREAM, 0);
      if (Sockets.connect(program, to) == 0) {
        peer.start(program);
      } else {
        program.close();
        peer.abandon("the program does not listen");
      }
    } catch (ErrnoException e) {
      peer.abandon(String.valueOf(e.getMessage()));
    }
  }
}
