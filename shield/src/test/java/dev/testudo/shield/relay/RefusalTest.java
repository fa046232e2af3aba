package dev.testudo.shield.relay;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.testudo.linux.sys.Errno;
import dev.testudo.policy.shield.TlsVersion;
import dev.testudo.shield.Ports;
import dev.testudo.shield.ShieldEvent.Closed;
import dev.testudo.shield.ShieldEvent.Refused;
import dev.testudo.shield.rule.Alpn;
import dev.testudo.shield.rule.ClientTls;
import dev.testudo.shield.rule.ExpectedClients;
import dev.testudo.shield.rule.PeerTrust;
import dev.testudo.shield.tls.TestAuthority;
import dev.testudo.shield.tls.TlsAlerts;
import dev.testudo.shield.tls.TlsLibrary;
import dev.testudo.trust.pki.CertificateProfile.EndEntity;
import dev.testudo.trust.pki.Identity;
import dev.testudo.trust.pki.KeyAlgorithm;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/// Which peers are refused, and with which reasons. In no case does anything reach the program.
@Timeout(600)
@ParameterizedClass
@EnumSource(TlsLibrary.class)
final class RefusalTest {
  private final TlsLibrary library;
  private final TestAuthority stranger = new TestAuthority("stranger");
  @TempDir Path directory;
  private Shields shields;

  RefusalTest(TlsLibrary library) {
    this.library = library;
  }

  @BeforeEach
  void start() throws IOException {
    shields = new Shields(library);
  }

  @AfterEach
  void stop() {
    shields.close();
  }

  /// Returns the alert for a certificate of an unknown authority, which JSSE chooses by itself.
  private String unknownAuthority() {
    return TlsAlerts.unknownAuthority(library);
  }

  private ClientTls client(int port, Optional<Identity> me, String name, PeerTrust servers) {
    return shields.client(Alpn.tcp(port, List.of()), me, name, servers);
  }

  /// Connects to a server whose certificate is wrong.
  private String serverRefused(Identity identity, String name, PeerTrust trust) throws Exception {
    try (var server = shields.server(List.of(), identity, shields.authority.trust())) {
      var tls = client(server.port, Optional.of(shields.identity), name, trust);
      var failed = shields.refused(server.port, tls);
      assertEquals(Errno.ECONNABORTED, failed.errno());
      var event = shields.event(Refused.class, r -> r.operation().equals("connect"));
      assertEquals(failed.reason(), event.reason());
      assertEquals("CLIENT_1", event.rule());
      assertEquals("127.0.0.1:" + server.port, event.target());
      assertTrue(server.programs.poll(200, TimeUnit.MILLISECONDS) == null, "nobody came through");
      return failed.reason();
    }
  }

  /// Connects with a client's certificate that is wrong.
  private String clientRefused(Optional<Identity> identity) throws Exception {
    try (var server = shields.server()) {
      var tls = client(server.port, identity, "redis", shields.authority.trust());
      shields.dial(server.port, tls);
      var event = shields.event(Refused.class, r -> r.operation().equals("accept"));
      assertEquals("SERVER_1", event.rule());
      assertEquals("127.0.0.1", event.target().replaceFirst(":[0-9]+$", ""));
      assertTrue(server.programs.isEmpty(), "nobody came through");
      return event.reason();
    }
  }

  private Identity issue(EndEntity profile) {
    return shields.authority.issue(profile, KeyAlgorithm.P_256, TestAuthority.week());
  }

  @Test
  void aServerOfAnotherAuthority() throws Exception {
    assertEquals(
        "peer certificate is not issued by an authority of rule CLIENT_1 (alert %s)"
            .formatted(unknownAuthority()),
        serverRefused(stranger.issue("redis"), "redis", shields.authority.trust()));
  }

  @Test
  void aServerWithAnotherName() throws Exception {
    assertEquals(
        "peer certificate is for redis, *.mesh.example, rule CLIENT_1 expects postgres"
            + " (alert certificate_unknown)",
        serverRefused(shields.identity, "postgres", shields.authority.trust()));
  }

  @Test
  void aWildcardStandsForOneLabelOnly() throws Exception {
    assertEquals(
        "peer certificate is for redis, *.mesh.example, rule CLIENT_1 expects a.b.mesh.example"
            + " (alert certificate_unknown)",
        serverRefused(shields.identity, "a.b.mesh.example", shields.authority.trust()));
    try (var server = shields.server()) {
      var one =
          client(
              server.port,
              Optional.of(shields.identity),
              "a.mesh.example",
              shields.authority.trust());
      shields.connect(server.port, one).close();
    }
  }

  @Test
  void aServerWhoseCertificateHasExpired() throws Exception {
    var expired =
        shields.authority.issue(
            TestAuthority.profile("redis"), KeyAlgorithm.P_256, TestAuthority.past());
    assertEquals(
        hasExpired(expired, "certificate_expired"),
        serverRefused(expired, "redis", shields.authority.trust()));
  }

  @Test
  void aServerWithACertificateForClients() throws Exception {
    assertEquals(
        "peer certificate is not for this use (extended key usage lacks serverAuth)"
            + " (alert certificate_unknown)",
        serverRefused(issue(EndEntity.client("redis")), "redis", shields.authority.trust()));
  }

  @Test
  void aClientWithoutCertificate() throws Exception {
    assertEquals(
        "peer sent no certificate (alert certificate_required)", clientRefused(Optional.empty()));
  }

  @Test
  void aClientOfAnotherAuthority() throws Exception {
    assertEquals(
        "peer certificate is not issued by an authority of rule SERVER_1 (alert %s)"
            .formatted(unknownAuthority()),
        clientRefused(Optional.of(stranger.issue("flask"))));
  }

  @Test
  void aClientWithACertificateForServers() throws Exception {
    assertEquals(
        "peer certificate is not for this use (extended key usage lacks clientAuth)"
            + " (alert certificate_unknown)",
        clientRefused(Optional.of(issue(EndEntity.server("flask")))));
  }

  @Test
  void aClientWhoseCertificateHasExpired() throws Exception {
    var expired =
        shields.authority.issue(
            TestAuthority.profile("flask"), KeyAlgorithm.P_256, TestAuthority.past());
    var alert =
        switch (library) {
          case BORINGSSL -> "certificate_expired";
          case JSSE -> "certificate_unknown";
        };
    assertEquals(hasExpired(expired, alert), clientRefused(Optional.of(expired)));
  }

  private static String hasExpired(Identity peer, String alert) {
    return "peer certificate has expired at %s (alert %s)"
        .formatted(peer.certificate().getNotAfter().toInstant(), alert);
  }

  @Test
  void onlyClientsOfTheNamesTheRuleListsAreLetIn() throws Exception {
    var clients = new ExpectedClients(shields.authority.trust(), List.of("web", "spiffe://mesh/a"));
    try (var server = shields.server(List.of(), clients, TlsVersion.TLS1_3)) {
      for (var name : List.of("web", "spiffe://mesh/a")) {
        try (var program = shields.connect(server.port, as(server.port, name))) {
          program.getOutputStream().write(7);
          assertEquals(7, server.next().getInputStream().read());
        }
      }
      shields.events.clear();
      // A wildcard in the certificate does not match names in the list.
      for (var name : List.of("flask", "*.web")) {
        shields.dial(server.port, as(server.port, name));
        var reason = shields.event(Refused.class, r -> r.operation().equals("accept")).reason();
        assertEquals(
            "peer certificate is for %s, rule SERVER_1 admits only web, spiffe://mesh/a"
                    .formatted(name)
                + " (alert certificate_unknown)",
            reason);
        assertTrue(server.programs.isEmpty(), "nobody came through");
      }
    }
  }

  private ClientTls as(int port, String name) throws Exception {
    var me =
        name.contains("://")
            ? shields.authority.issueByOpenssl(directory, "URI:" + name)
            : issue(TestAuthority.profile(name));
    return client(port, Optional.of(me), "redis", shields.authority.trust());
  }

  @Test
  void aClientThatIsRefusedAfterItsOwnHandshakeLearnsWhy() throws Exception {
    try (var server = shields.server()) {
      var tls =
          client(
              server.port,
              Optional.of(stranger.issue("flask")),
              "redis",
              shields.authority.trust());
      if (shields.dial(server.port, tls) instanceof Shields.Dialed.Connected(var peer)) {
        try (var program = shields.program(peer)) {
          assertEquals("reset", outcome(program));
        }
        assertEquals(
            switch (library) {
              case BORINGSSL ->
                  "peer does not know the authority of our certificate (alert unknown_ca)";
              case JSSE -> "peer does not accept our certificate (alert certificate_unknown)";
            },
            shields.event(Closed.class).reason());
      }
    }
  }

  private static String outcome(java.net.Socket program) throws IOException {
    try {
      return "read " + program.getInputStream().read();
    } catch (java.net.SocketException _) {
      return "reset";
    }
  }

  @Test
  void aCertificateThatIsRightForAnotherPort() throws Exception {
    try (var server = shields.server()) {
      var tls =
          shields.client(
              Alpn.tcp(6379, List.of()),
              Optional.of(shields.identity),
              "redis",
              shields.authority.trust());
      var failed = shields.refused(server.port, tls);
      assertEquals(
          "peer is not bound to testudo/1/tcp:6379 (alert no_application_protocol)",
          failed.reason());
      var event = shields.event(Refused.class, r -> r.operation().equals("accept"));
      assertEquals(
          "peer meant testudo/1/tcp:6379, rule SERVER_1 is testudo/1/tcp:%d".formatted(server.port)
              + " (alert no_application_protocol)",
          event.reason());
    }
  }

  @Test
  void aPortWhereNobodyListensKeepsItsErrno() throws Exception {
    int port = Ports.unused();
    var failed = shields.refused(port, shields.client(port));
    assertEquals(Errno.ECONNREFUSED, failed.errno());
    assertTrue(shields.events.isEmpty(), "an unreachable server refuses nothing");
  }

  @Test
  void aPeerThatMustNotBeCheckedIsAccepted() throws Exception {
    var anyone = new PeerTrust.Anyone();
    try (var server = shields.server(List.of(), stranger.issue("whoever"), anyone)) {
      var tls = client(server.port, Optional.empty(), "redis", anyone);
      try (var program = shields.connect(server.port, tls)) {
        program.getOutputStream().write(7);
        assertEquals(7, server.next().getInputStream().read());
      }
    }
  }

  @Test
  void everyKindOfKeyWorks() throws Exception {
    for (var algorithm : KeyAlgorithm.values()) {
      var me =
          shields.authority.issue(TestAuthority.profile("redis"), algorithm, TestAuthority.week());
      try (var server = shields.server(List.of(), me, shields.authority.trust());
          var program =
              shields.connect(
                  server.port,
                  client(server.port, Optional.of(me), "redis", shields.authority.trust()))) {
        program.getOutputStream().write(7);
        assertEquals(7, server.next().getInputStream().read(), algorithm.label());
      }
    }
  }

  @Test
  void aCertificateUnderAnIntermediateAuthorityIsAccepted() throws Exception {
    // The chain is sent with the identity; only the root is trusted.
    var chained =
        shields
            .authority
            .authority()
            .issue(TestAuthority.profile("redis"), KeyAlgorithm.P_256, TestAuthority.week());
    try (var server = shields.server(List.of(), chained, shields.authority.trust());
        var program = shields.connect(server.port)) {
      program.getOutputStream().write(7);
      assertEquals(7, server.next().getInputStream().read());
    }
  }
}
