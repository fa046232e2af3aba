package dev.testudo.shield;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.testudo.policy.shield.ShieldRules;
import dev.testudo.policy.source.DiagnosticId;
import dev.testudo.policy.source.Parsed;
import dev.testudo.shield.tls.TestAuthority;
import dev.testudo.shield.tls.TlsAlerts;
import dev.testudo.trust.pki.Identity;
import dev.testudo.trust.pki.KeyAlgorithm;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// What can be seen and changed of a shield while its program runs.
@Timeout(value = 10, unit = TimeUnit.MINUTES)
class RunningShieldPrivilegedTest {
  private final TestAuthority authority = new TestAuthority("authority");
  private final Identity first = authority.issue("first");
  private final Identity second = authority.issue("second");
  private final int port = Ports.unused();

  @TempDir Path directory;

  @Test
  void liveConnectionsSayWhoTalksAndHowMuch() throws Exception {
    try (var server = server(first, authority);
        var client = client(second, authority)) {
      server.python("echo.py", port).says("listening");
      var orders = new Orders(client);
      orders.give("open 1", "ok");
      orders.give("echo 1 " + "x".repeat(700), "ok");
      var inbound = only(server.shield);
      var outbound = only(client.shield);
      assertTrue(inbound.connection().isInbound());
      assertFalse(outbound.connection().isInbound());
      assertEquals("SERVER_1", inbound.connection().rule());
      assertEquals("CLIENT_1", outbound.connection().rule());
      assertEquals("second", inbound.connection().peerName().orElseThrow());
      assertEquals("first", outbound.connection().peerName().orElseThrow());
      assertEquals(List.of(700L, 700L), List.of(inbound.traffic().in(), inbound.traffic().out()));
      assertEquals(List.of(700L, 700L), List.of(outbound.traffic().in(), outbound.traffic().out()));
      assertEquals("TLSv1.3", inbound.tls().version());
      assertEquals(outbound.tls().cipherSuite(), inbound.tls().cipherSuite());
      assertEquals("testudo/1/tcp:" + port, inbound.tls().protocol().orElseThrow());
      orders.give("close 1", "ok");
      Eventually.holds(() -> server.shield.connections().isEmpty(), () -> "still there");
      Eventually.holds(() -> client.shield.connections().isEmpty(), () -> "still there");
    }
  }

  private static LiveConnection only(Shield shield) {
    var connections = shield.connections();
    assertEquals(1, connections.size(), connections.toString());
    return connections.getFirst();
  }

  @Test
  void newConnectionsSeeARenewedCertificateAndOldOnesGoOn() throws Exception {
    try (var server = server(first, authority, "disabled")) {
      server.python("echo.py", port).says("listening");
      try (var before = new TlsPeer(authority, port)) {
        before.echo("one");
        assertEquals(first.certificate(), before.server());
        assertEquals(
            new Parsed.Valid<>(List.of("identity of rule SERVER_1"), List.of()),
            server.shield.reload(serverRules(second, "disabled", port)));
        before.echo("two");
        try (var after = new TlsPeer(authority, port)) {
          after.echo("three");
          assertEquals(second.certificate(), after.server());
        }
        before.echo("four");
      }
    }
  }

  enum Mistake {
    EXPIRED(DiagnosticId.CERTIFICATE_EXPIRED),
    MISMATCH(DiagnosticId.KEY_MISMATCH),
    NO_KEY(DiagnosticId.INCOMPLETE_IDENTITY);

    final DiagnosticId id;

    Mistake(DiagnosticId id) {
      this.id = id;
    }

    Identity identity(TestAuthority authority) {
      var good = authority.issue("next");
      return switch (this) {
        case EXPIRED ->
            authority.issue(
                TestAuthority.profile("next"), KeyAlgorithm.P_256, TestAuthority.past());
        case MISMATCH ->
            new Identity(authority.issue("other").key(), good.certificate(), List.of());
        case NO_KEY -> good;
      };
    }
  }

  @ParameterizedTest
  @EnumSource
  void aFailedReloadKeepsServingTheOldCertificate(Mistake mistake) throws Exception {
    try (var server = server(first, authority, "disabled")) {
      server.python("echo.py", port).says("listening");
      var variables = serverVariables(mistake.identity(authority), "disabled", port);
      if (mistake == Mistake.NO_KEY) {
        variables.computeIfPresent(
            "SERVER_1_IDENTITY", (_, pem) -> pem.substring(0, pem.indexOf("-----BEGIN PRIV")));
      }
      var failed = server.shield.reload(RealShield.rules(variables));
      var problems = assertInstanceOf(Parsed.Invalid.class, failed).diagnostics();
      assertEquals(mistake.id, ((Parsed<?>) failed).diagnostics().getFirst().id(), problems + "");
      try (var after = new TlsPeer(authority, port)) {
        after.echo("still here");
        assertEquals(first.certificate(), after.server());
      }
    }
  }

  @Test
  void rulesThatDifferInMoreThanTrustNeedARestart() throws Exception {
    try (var server = server(first, authority, "disabled")) {
      server.python("echo.py", port).says("listening");
      var other = serverVariables(second, "disabled", port + 1);
      other.put("CLIENT_1", "unprotected");
      other.put("CLIENT_1_DESTINATION", "TCP:a:1");
      other.put("CLIENT_1_DESTINATION_IP", "*");
      var refused = server.shield.reload(RealShield.rules(other)).diagnostics();
      assertEquals(1, refused.size());
      assertEquals(DiagnosticId.RESTART_NEEDED, refused.getFirst().id());
      assertEquals(
          "the new rules differ in more than identities and trust: rule SERVER_1 covers TCP:%d"
                  .formatted(port + 1)
              + " instead of TCP:%d, rule CLIENT_1 was added".formatted(port),
          refused.getFirst().message());
      try (var after = new TlsPeer(authority, port)) {
        assertEquals(first.certificate(), after.server());
      }
    }
  }

  @Test
  void aClientTrustsOtherAuthoritiesAndShowsAnotherCertificateOnceTold() throws Exception {
    var others = new TestAuthority("others");
    try (var server = server(others.issue("first"), authority);
        var client = client(second, authority)) {
      server.python("echo.py", port).says("listening");
      var orders = new Orders(client);
      orders.give("open 1", "ECONNABORTED");
      client.refuses(
          "connect",
          "peer certificate is not issued by an authority of rule CLIENT_1 (alert %s)"
              .formatted(TlsAlerts.unknownAuthority()));
      var renewed = authority.issue("renewed");
      assertEquals(
          new Parsed.Valid<>(
              List.of("identity of rule CLIENT_1", "trusted authorities of rule CLIENT_1"),
              List.of()),
          client.shield.reload(RealShield.rules(clientVariables(renewed, others))));
      orders.give("open 2", "ok");
      orders.give("echo 2 hello", "ok");
      assertEquals("renewed", only(server.shield).connection().peerName().orElseThrow());
    }
  }

  @Test
  void drainingLetsConnectionsEndAndNobodyIn() throws Exception {
    try (var server = server(first, authority, "disabled");
        var peer = serve(server)) {
      var drained = CompletableFuture.runAsync(() -> drain(server, Duration.ofMinutes(5)));
      Eventually.holds(() -> refusesTcp(port), () -> "the port is still open");
      peer.echo("still here");
      assertFalse(drained.isDone());
      peer.hangUp();
      drained.get(2, TimeUnit.MINUTES);
    }
  }

  @Test
  void drainingCutsWhatDoesNotEndInTime() throws Exception {
    try (var server = server(first, authority, "disabled");
        var peer = serve(server)) {
      drain(server, Duration.ofMillis(50));
      assertTrue(peer.isCut());
      assertEquals(List.of(), server.shield.connections());
    }
  }

  @Test
  void aDrainingShieldConnectsToNobody() throws Exception {
    try (var server = server(first, authority);
        var client = client(second, authority)) {
      server.python("echo.py", port).says("listening");
      var orders = new Orders(client);
      orders.give("open 1", "ok");
      var drained = CompletableFuture.runAsync(() -> drain(client, Duration.ofMinutes(5)));
      // Connections still succeed until the drain has begun.
      for (int i = 2; !orders.answer("open " + i).equals("ENETDOWN"); i++) {
        orders.give("close " + i, "ok");
      }
      client.refuses("connect", "the shield is about to end");
      orders.give("echo 1 hello", "ok");
      orders.give("close 1", "ok");
      drained.get(2, TimeUnit.MINUTES);
    }
  }

  private TlsPeer serve(RealShield server) throws Exception {
    server.python("echo.py", port).says("listening");
    var peer = new TlsPeer(authority, port);
    peer.echo("one");
    return peer;
  }

  private static void drain(RealShield shield, Duration limit) {
    try {
      shield.shield.drain(limit);
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  private static boolean refusesTcp(int port) {
    try (var _ = new Socket(InetAddress.ofLiteral("127.0.0.1"), port)) {
      return false;
    } catch (IOException e) {
      return true;
    }
  }

  /// A client program that executes commands.
  private final class Orders {
    private final Path file = Files.createTempFile(directory, "orders", "");
    private final Program program;

    Orders(RealShield shield) throws IOException {
      program = shield.python("talk.py", port, file);
    }

    void give(String order, String expected) throws Exception {
      assertEquals(expected, answer(order));
    }

    String answer(String order) throws Exception {
      Files.writeString(file, order + "\n", StandardOpenOption.APPEND);
      Eventually.holds(() -> find(order).length() > 0, () -> order + ":\n" + program.text());
      return find(order);
    }

    private String find(String order) {
      return program
          .text()
          .lines()
          .filter(line -> line.startsWith(order + " "))
          .map(line -> line.substring(order.length() + 1))
          .findFirst()
          .orElse("");
    }
  }

  private RealShield server(Identity identity, TestAuthority clients) {
    return server(identity, clients, clients.pem());
  }

  private RealShield server(Identity identity, TestAuthority clients, String auth) {
    assertTrue(auth.equals("disabled") || auth.equals(clients.pem()));
    return new RealShield(directory, serverVariables(identity, auth, port));
  }

  private static ShieldRules serverRules(Identity identity, String auth, int port) {
    return RealShield.rules(serverVariables(identity, auth, port));
  }

  private static Map<String, String> serverVariables(Identity identity, String auth, int port) {
    return new HashMap<>(
        Map.of(
            "SERVER_1",
            "protected",
            "SERVER_1_PORT",
            "TCP:" + port,
            "SERVER_1_IDENTITY",
            TestAuthority.pem(identity),
            "SERVER_1_CLIENT_AUTH",
            auth));
  }

  private RealShield client(Identity identity, TestAuthority servers) {
    return new RealShield(directory, clientVariables(identity, servers));
  }

  private Map<String, String> clientVariables(Identity identity, TestAuthority servers) {
    return Map.of(
        "CLIENT_1",
        "protected",
        "CLIENT_1_DESTINATION",
        "TCP:first:" + port,
        "CLIENT_1_DESTINATION_IP",
        "127.0.0.1",
        "CLIENT_1_IDENTITY",
        TestAuthority.pem(identity),
        "CLIENT_1_SERVER_AUTH",
        servers.pem());
  }
}
