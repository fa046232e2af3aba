package dev.testudo.shield.relay;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.testudo.policy.shield.TlsVersion;
import dev.testudo.shield.Ports;
import dev.testudo.shield.ShieldEvent.Closed;
import dev.testudo.shield.ShieldEvent.Opened;
import dev.testudo.shield.ShieldEvent.Refused;
import dev.testudo.shield.rule.Alpn;
import dev.testudo.shield.rule.ExpectedClients;
import dev.testudo.shield.rule.PeerTrust;
import dev.testudo.shield.tls.TestAuthority;
import dev.testudo.shield.tls.TlsAlerts;
import dev.testudo.shield.tls.TlsLibrary;
import dev.testudo.trust.pki.Identity;
import dev.testudo.trust.pki.KeyAlgorithm;
import java.io.IOException;
import java.net.Socket;
import java.net.SocketException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/// GnuTLS, curl, testssl.sh and old TLS versions. [ForeignPeerTest] tests openssl.
@Timeout(600)
@ParameterizedClass
@EnumSource(TlsLibrary.class)
final class InteropTest {
  private final TlsLibrary library;
  @TempDir Path directory;
  private Shields shields;
  private String identity;
  private String authority;

  InteropTest(TlsLibrary library) {
    this.library = library;
  }

  @BeforeEach
  void start() throws IOException {
    shields = new Shields(library);
    identity = file("me.pem", shields.identity);
    authority = TestAuthority.file(directory, "ca.pem", shields.authority.pem());
  }

  @AfterEach
  void stop() {
    shields.close();
  }

  private String file(String name, Identity who) {
    return TestAuthority.file(directory, name, TestAuthority.pem(who));
  }

  /// Returns an identity for GnuTLS, which cannot read the JDK's elliptic curve keys, because they
  /// lack the public key.
  private Identity rsa(TestAuthority issuer) {
    var names = TestAuthority.profile("redis", "*.mesh.example");
    return issuer.issue(names, KeyAlgorithm.RSA_2048, TestAuthority.week());
  }

  private Shields.Server older(String... foreignAlpn) throws IOException {
    var clients = ExpectedClients.anyNameOf(shields.authority.trust());
    return shields.server(List.of(foreignAlpn), clients, TlsVersion.TLS1_2);
  }

  private ForeignTool gnutls(int port, String... more) throws IOException {
    var command = new ArrayList<>(List.of("gnutls-cli", "--x509cafile", authority));
    command.addAll(List.of("--port", Integer.toString(port)));
    command.addAll(List.of("--sni-hostname", "redis", "--verify-hostname", "redis"));
    command.addAll(List.of(more));
    command.add("127.0.0.1");
    return ForeignTool.run(command.toArray(String[]::new));
  }

  private ForeignTool gnutlsWithCertificate(int port, String... more) throws IOException {
    var own = file("rsa.pem", rsa(shields.authority));
    var arguments = new ArrayList<>(List.of("--x509certfile", own, "--x509keyfile", own));
    arguments.addAll(List.of(more));
    return gnutls(port, arguments.toArray(String[]::new));
  }

  private static void talk(Socket program, ForeignTool tool) throws IOException {
    tool.type("hello\n");
    assertEquals("hello\n", new String(program.getInputStream().readNBytes(6), UTF_8));
    program.getOutputStream().write("welcome\n".getBytes(UTF_8));
    tool.await("welcome");
  }

  @Test
  void gnutlsIsAcceptedAndCarried() throws Exception {
    try (var server = shields.server();
        var client = gnutlsWithCertificate(server.port)) {
      var program = server.next();
      talk(program, client);
      assertTrue(client.await("Handshake was completed").contains("TLS1.3"));
      assertEquals(Optional.of("redis"), shields.event(Opened.class).connection().peerName());
      // It sends close_notify at the end of its input, and the shield may still send afterwards.
      client.input().close();
      assertEquals(-1, program.getInputStream().read());
      program.close();
      assertEquals("closed by the peer", shields.event(Closed.class).reason());
    }
  }

  @Test
  void gnutlsWithAnotherProtocolIsRefused() throws Exception {
    try (var server = shields.server();
        var client = gnutlsWithCertificate(server.port, "--alpn=h2")) {
      client.await("No supported application protocol could be negotiated");
      assertEquals(
          "peer offers only the ALPN protocols h2, which rule SERVER_1 does not list"
              + " (alert no_application_protocol)",
          shields.event(Refused.class).reason());
      assertTrue(server.programs.isEmpty(), "nobody came through");
    }
  }

  @Test
  void gnutlsWithoutCertificateIsRefused() throws Exception {
    try (var server = shields.server();
        var client = gnutls(server.port)) {
      client.await("Certificate is required");
      assertEquals(
          "peer sent no certificate (alert certificate_required)",
          shields.event(Refused.class).reason());
      assertTrue(server.programs.isEmpty(), "nobody came through");
    }
  }

  @Test
  void gnutlsHearsTheAlertThatIsLogged() throws Exception {
    var clients = new ExpectedClients(shields.authority.trust(), List.of("flask"));
    try (var server = shields.server(List.of(), clients, TlsVersion.TLS1_3);
        var client = gnutlsWithCertificate(server.port)) {
      client.await("Unknown certificate");
      assertEquals(
          "peer certificate is for redis, *.mesh.example, rule SERVER_1 admits only flask"
              + " (alert certificate_unknown)",
          shields.event(Refused.class).reason());
    }
  }

  @Test
  void aClientWithTls12IsAcceptedWhereTheRulePermitsIt() throws Exception {
    try (var server = older();
        var client = gnutlsWithCertificate(server.port, "--priority", TLS12_ONLY)) {
      talk(server.next(), client);
      assertTrue(client.await("Handshake was completed").contains("TLS1.2"));
      assertEquals("TLSv1.2", shields.relays.connections().getFirst().tls().version());
    }
  }

  private static final String TLS12_ONLY = "NORMAL:-VERS-ALL:+VERS-TLS1.2";

  @Test
  void aClientThatKnowsBothSpeaksTls13() throws Exception {
    try (var server = older();
        var client = gnutlsWithCertificate(server.port)) {
      talk(server.next(), client);
      assertEquals("TLSv1.3", shields.relays.connections().getFirst().tls().version());
    }
  }

  @Test
  void aClientWithTls11IsRefusedEvenThere() throws Exception {
    try (var server = older();
        var client = openssl(server.port, "-tls1_1", "-cipher", "ALL:@SECLEVEL=0")) {
      client.await("alert protocol version");
      assertEquals(
          "peer does not speak TLS 1.2 (alert protocol_version)",
          shields.event(Refused.class).reason());
    }
  }

  private ForeignTool openssl(int port, String... more) throws IOException {
    var arguments = new ArrayList<>(List.of("-cert", identity, "-CAfile", authority));
    arguments.addAll(List.of(more));
    return ForeignTool.client(port, arguments.toArray(String[]::new));
  }

  @Test
  void aShieldThatOffersOnlyTls12IsNoShield() throws Exception {
    try (var server = older();
        var client = openssl(server.port, "-tls1_2", "-alpn", "testudo/1/tcp:" + server.port)) {
      assertEquals(
          "peer is a shield, but wants to speak TLSv1.2", shields.event(Refused.class).reason());
      assertTrue(server.programs.isEmpty(), "nobody came through");
      client.kill();
    }
  }

  @Test
  void shieldsSpeakTls13WithEachOtherWhateverTheRulePermits() throws Exception {
    try (var server = older();
        var program =
            shields.connect(
                server.port, shields.client(server.port, List.of("h2"), TlsVersion.TLS1_2))) {
      program.getOutputStream().write(1);
      assertEquals(1, server.next().getInputStream().read());
      for (var connection : shields.relays.connections()) {
        assertEquals("TLSv1.3", connection.tls().version());
        assertEquals(Optional.of("testudo/1/tcp:" + server.port), connection.tls().protocol());
      }
    }
  }

  @Test
  void nobodyShakesHandsTwice() throws Exception {
    try (var server = older();
        var client = openssl(server.port, "-tls1_2")) {
      var program = server.next();
      program.getOutputStream().write("welcome\n".getBytes(UTF_8));
      client.await("welcome");
      client.type("R\n");
      assertThrows(SocketException.class, () -> program.getInputStream().read());
      assertEquals(
          switch (library) {
            case BORINGSSL -> "TLS failed: no renegotiation";
            case JSSE -> "peer requests renegotiation, which the shield does not support";
          },
          shields.event(Closed.class).reason());
    }
  }

  @Test
  void aServerWithTls12IsAcceptedWhereTheRulePermitsIt() throws Exception {
    int port = Ports.unused();
    try (var _ = ForeignTool.server(port, "-cert", identity, "-tls1_2", "-rev");
        var program = shields.connect(port, shields.client(port, List.of(), TlsVersion.TLS1_2))) {
      program.getOutputStream().write("stressed\n".getBytes(UTF_8));
      assertEquals("desserts\n", new String(program.getInputStream().readNBytes(9), UTF_8));
    }
  }

  @Test
  void aServerThatChoosesAProtocolTheRuleListsIsAccepted() throws Exception {
    int port = Ports.unused();
    try (var _ = ForeignTool.server(port, "-cert", identity, "-alpn", "http/1.1", "-rev");
        var program =
            shields.connect(
                port, shields.client(port, List.of("h2", "http/1.1"), TlsVersion.TLS1_3))) {
      program.getOutputStream().write("stressed\n".getBytes(UTF_8));
      assertEquals("desserts\n", new String(program.getInputStream().readNBytes(9), UTF_8));
      assertEquals(
          Optional.of("http/1.1"), shields.relays.connections().getFirst().tls().protocol());
    }
  }

  private ForeignTool gnutlsServer(int port, Identity who) throws IOException {
    var own = file("server.pem", who);
    var server =
        ForeignTool.run(
            "gnutls-serv",
            "--echo",
            "--port",
            Integer.toString(port),
            "--x509cafile",
            authority,
            "--x509certfile",
            own,
            "--x509keyfile",
            own,
            "--require-client-cert");
    server.await("IPv4 0.0.0.0 port %d...done".formatted(port));
    return server;
  }

  private String refusedBy(Identity server, String name) throws Exception {
    int port = Ports.unused();
    try (var _ = gnutlsServer(port, server)) {
      var tls =
          shields.client(
              Alpn.tcp(port, List.of()),
              Optional.of(shields.identity),
              name,
              shields.authority.trust());
      return shields.refused(port, tls).reason();
    }
  }

  @Test
  void aServerByGnutlsIsAcceptedAndCarried() throws Exception {
    int port = Ports.unused();
    try (var _ = gnutlsServer(port, rsa(shields.authority));
        var program = shields.connect(port)) {
      program.getOutputStream().write("once\n".getBytes(UTF_8));
      assertEquals("once\n", new String(program.getInputStream().readNBytes(5), UTF_8));
    }
  }

  @Test
  void aServerByGnutlsOfAnotherAuthorityIsRefused() throws Exception {
    var alert = TlsAlerts.unknownAuthority(library);
    assertEquals(
        "peer certificate is not issued by an authority of rule CLIENT_1 (alert %s)"
            .formatted(alert),
        refusedBy(rsa(new TestAuthority("stranger")), "redis"));
  }

  @Test
  void aServerByGnutlsWithAnotherNameIsRefused() throws Exception {
    assertEquals(
        "peer certificate is for redis, *.mesh.example, rule CLIENT_1 expects postgres"
            + " (alert certificate_unknown)",
        refusedBy(rsa(shields.authority), "postgres"));
  }

  @Test
  void aServerByGnutlsThatHasExpiredIsRefused() throws Exception {
    var expired =
        shields.authority.issue(
            TestAuthority.profile("redis"), KeyAlgorithm.RSA_2048, TestAuthority.past());
    assertEquals(
        "peer certificate has expired at %s (alert certificate_expired)"
            .formatted(expired.certificate().getNotAfter().toInstant()),
        refusedBy(expired, "redis"));
  }

  private ForeignTool curl(int port, String... more) throws IOException {
    var command = new ArrayList<>(List.of("curl", "--silent", "--show-error", "--cacert"));
    command.addAll(List.of(authority, "--cert", identity, "--max-time", "100"));
    command.addAll(List.of("--resolve", "redis:%d:127.0.0.1".formatted(port)));
    command.addAll(List.of(more));
    command.add("https://redis:" + port + "/");
    return ForeignTool.run(command.toArray(String[]::new));
  }

  @Test
  void curlIsServedWithAProtocolOfTheRuleOrNone() throws Exception {
    try (var server = shields.server(List.of("http/1.1"))) {
      for (var option : List.of("--http1.1", "--no-alpn")) {
        try (var client = curl(server.port, option)) {
          answer(server.next());
          assertEquals("served", client.end(), option);
        }
      }
    }
  }

  private static void answer(Socket program) throws IOException {
    var request = new StringBuilder();
    while (request.indexOf("\r\n\r\n") < 0) {
      request.append((char) program.getInputStream().read());
    }
    assertEquals("GET / HTTP/1.1", request.toString().lines().toList().getFirst());
    var response = "HTTP/1.1 200 OK\r\nContent-Length: 6\r\nConnection: close\r\n\r\nserved";
    program.getOutputStream().write(response.getBytes(UTF_8));
    program.close();
  }

  @Test
  void curlIsRefusedWhenTheRuleListsNoProtocol() throws Exception {
    try (var server = shields.server();
        var client = curl(server.port)) {
      assertTrue(client.end().contains("no application protocol"));
      assertTrue(server.programs.isEmpty(), "nobody came through");
    }
  }

  @Test
  void testsslFindsNothingBelowTls13() throws Exception {
    try (var server = shields.server(List.of(), shields.identity, new PeerTrust.Anyone());
        var testssl =
            ForeignTool.run(
                "testssl",
                "--quiet",
                "--color",
                "0",
                "--warnings",
                "off",
                "--protocols",
                "127.0.0.1:" + server.port)) {
      var report = testssl.end(500);
      for (var line : List.of("SSLv2", "SSLv3", "TLS 1 ", "TLS 1.1", "TLS 1.2")) {
        assertTrue(report.matches("(?s).*\n " + line + " +not offered.*"), line + "\n" + report);
      }
      assertTrue(report.matches("(?s).*\n TLS 1.3 +offered \\(OK\\).*"), report);
    }
  }
}
