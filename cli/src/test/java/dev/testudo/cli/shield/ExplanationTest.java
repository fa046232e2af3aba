package dev.testudo.cli.shield;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.testudo.cli.Printed;
import dev.testudo.cli.terminal.Palette;
import dev.testudo.cli.terminal.TerminalSize;
import dev.testudo.policy.shield.EffectivePolicy;
import dev.testudo.trust.status.Direction;
import dev.testudo.trust.status.SecuredConnection;
import dev.testudo.trust.status.ShieldStatus;
import dev.testudo.trust.status.ShieldStatusJson;
import dev.testudo.trust.status.StatusDirectory;
import dev.testudo.trust.status.Traffic;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ExplanationTest {
  private static final Instant THEN = Instant.parse("2026-01-01T00:00:00Z");
  private static final Instant NOW = THEN.plusSeconds(75);
  private static final ShieldStatus STATUS =
      new ShieldStatus(
          new ShieldStatus.Shielded(
              100, 101, Optional.of("pid:[1]"), "/usr/bin/redis-server", Optional.empty(), THEN),
          new EffectivePolicy(
              List.of(
                  new EffectivePolicy.Row(
                      "SERVER_1",
                      "in",
                      "protected",
                      "TCP:6379",
                      "given",
                      "of CLIENT_AUTH",
                      "1.3"))),
          List.of(new ShieldStatus.Listening("SERVER_1", "0.0.0.0:6379", true)),
          new ShieldStatus.Connections(
              1,
              List.of(
                  new ShieldStatus.Connection(
                      new SecuredConnection(
                          7,
                          Direction.INBOUND,
                          "SERVER_1",
                          "10.0.0.9:4711",
                          Optional.of("web\u001b[31m")),
                      new Traffic(10, 2_000_000),
                      THEN,
                      "TLSv1.3 TLS_AES_128_GCM_SHA256")),
              5,
              List.of(
                  new ShieldStatus.Ended(
                      new SecuredConnection(
                          6, Direction.INBOUND, "SERVER_1", "10.0.0.8:1", Optional.of("db")),
                      new Traffic(1, 2),
                      THEN,
                      "closed"))),
          new ShieldStatus.Refusals(
              4,
              List.of(
                  new ShieldStatus.Refusal(
                      "accept",
                      "10.0.0.7:2",
                      "SERVER_1",
                      "peer sent no certificate",
                      3,
                      THEN,
                      THEN),
                  new ShieldStatus.Refusal(
                      "connect", "10.0.0.1:80", "", "no rule for connecting", 1, THEN, NOW))));
  private static final Explanation EXPLANATION = new Explanation(List.of(STATUS), NOW);

  private static String about(String what) {
    return String.join("\n", EXPLANATION.about(what));
  }

  @Test
  void theLastRefusalComesWithWhatToDo() {
    assertEquals(
        List.of(
            "/usr/bin/redis-server: refused connect 10.0.0.1:80 (default mode) 0 s ago: no rule for"
                + " connecting",
            "  no rule matches it; to allow it set SCONE_NETWORK_SHIELD_CLIENT_<name>=protected or"
                + " unprotected, SCONE_NETWORK_SHIELD_CLIENT_<name>_DESTINATION=TCP:<host name>:80"
                + " (and _DESTINATION_IP=10.0.0.1 for this address only)"),
        EXPLANATION.lastRefusal());
  }

  @Test
  void aConnectionIsExplainedByItsRuleAndItsPeer() {
    assertEquals(
        """
        connection 7 of /usr/bin/redis-server: from 10.0.0.9:4711, whose certificate says \
        web\\x1b[31m, for 1:15 min
          allowed by rule SERVER_1; 10 B came in, 2.0 MB went out
          protected by TLSv1.3 TLS_AES_128_GCM_SHA256
          the rule: in TCP:6379: protected; identity given, peers of CLIENT_AUTH, TLS 1.3""",
        about("7"));
    assertEquals(
        "connection 6 of /usr/bin/redis-server: from 10.0.0.8:1, whose certificate says db, by rule"
            + " SERVER_1, ended 1:15 min ago: closed; 1 B came in, 2 B went out",
        about("6"));
  }

  @Test
  void aRuleIsExplainedByWhatItDidAndWhatItWouldTake() {
    assertEquals(
        """
        rule SERVER_1 of /usr/bin/redis-server: in TCP:6379: protected; identity given, peers of \
        CLIENT_AUTH, TLS 1.3
          open: connection 7 from 10.0.0.9:4711
        /usr/bin/redis-server: refused accept 10.0.0.7:2 (rule SERVER_1) 3 times, 1:15 min ago: \
        peer sent no certificate
          give the peer an identity, or set the rule's _CLIENT_AUTH to `disabled`""",
        about("SERVER_1"));
    assertEquals("", about("SERVER_2"));
    new Printed(about("redis-server"))
        .hasLine("  SERVER_1  in         protected  TCP:6379  given     of CLIENT_AUTH  1.3");
  }

  @Test
  void aPeerOfAnotherNameIsToldApartFromAnUnknownAuthority() {
    assertEquals(
        "the certificate belongs to another peer: compare its names with the host of the rule's"
            + " destination",
        advice("peer certificate is for a, rule R expects b"));
    assertEquals(
        "if that client is meant, add its name to the rule's _CLIENT_NAMES",
        advice("peer certificate is for a, rule R admits only b"));
    assertEquals(
        "start the peer under a shield with a protected rule for this port, or make this rule"
            + " unprotected",
        advice("peer does not speak TLS"));
    assertEquals(
        "put the authority of the peer's certificate into the rule's _CLIENT_AUTH or _SERVER_AUTH,"
            + " if that peer is meant",
        advice("peer certificate is not issued by an authority of rule R"));
  }

  @Test
  void theNameCacheOfTheCLibraryIsNothingToWorryAbout() {
    var refusal =
        new ShieldStatus.Refusal(
            "connect", "unix:/var/run/nscd/socket", "", "no rule for connecting", 1, THEN, THEN);
    assertEquals(
        "nothing to do: the C library looks for its name cache there and works without it",
        Advice.on(refusal));
  }

  private static String advice(String reason) {
    return Advice.on(new ShieldStatus.Refusal("accept", "10.0.0.7:2", "R", reason, 1, THEN, THEN));
  }

  @Test
  void theTableHasEverythingAtAGlance() {
    assertEquals(
        """
        /usr/bin/redis-server  pid 100  program 101  for 1:15 min  1 open, 1 ended recently, \
        5 plain, 4 refused
          listening at 0.0.0.0:6379, protected (rule SERVER_1)
              id     rule                 peer                     name                        in\
               out      for  tls
               7 in  SERVER_1             10.0.0.9:4711            web\\x1b[31m                  10 B\
            2.0 MB 1:15 min  TLSv1.3 TLS_AES_128_GCM_SHA256
          refused accept 10.0.0.7:2 (rule SERVER_1) 3 times, 1:15 min ago: peer sent no certificate
          refused connect 10.0.0.1:80 (default mode) 0 s ago: no rule for connecting""",
        String.join("\n", new ShieldTable(Palette.PLAIN, NOW).lines(List.of(STATUS))));
    assertEquals(
        List.of("no shield is running"), new ShieldTable(Palette.PLAIN, NOW).lines(List.of()));
  }

  @Test
  void aNarrowTerminalCutsLinesAndCountsThoseThatDoNotFit() {
    var lines = ShieldScreen.lines(List.of(STATUS), NOW, new TerminalSize(4, 30), Palette.COLOUR);
    assertEquals(4, lines.size());
    for (var line : lines) {
      assertTrue(line.replaceAll("\u001b\\[[0-9;]*m", "").length() <= 30, line);
    }
    var all = ShieldScreen.lines(List.of(STATUS), NOW, new TerminalSize(50, 300), Palette.COLOUR);
    assertEquals(Palette.COLOUR.faint("q quits"), all.getLast());
    var table = new ShieldTable(Palette.COLOUR, NOW, 300).lines(List.of(STATUS));
    assertEquals(table, all.subList(0, table.size()));
  }

  @Test
  void aScreenWithoutColoursHasNone() {
    var size = new TerminalSize(50, 300);
    var lines = ShieldScreen.lines(List.of(STATUS), NOW, size, Palette.PLAIN);
    assertFalse(String.join("\n", lines).contains("\u001b"), String.join("\n", lines));
  }

  @Test
  void aProcessBelongsToTheShieldThatStartedIt() throws IOException, InterruptedException {
    var me = ProcessHandle.current().pid();
    var child = new ProcessBuilder("sleep", "60").start();
    try {
      var mine = numbered(me, Optional.empty());
      assertTrue(LocalProcesses.belongs(me, mine));
      assertTrue(LocalProcesses.belongs(child.pid(), mine));
      assertFalse(LocalProcesses.belongs(1, mine));
      // The same number in another PID namespace is another process.
      assertFalse(LocalProcesses.belongs(me, numbered(me, Optional.of("pid:[1]"))));
      assertFalse(LocalProcesses.belongs(4_194_305, STATUS));
    } finally {
      child.destroyForcibly().waitFor();
    }
  }

  private static ShieldStatus numbered(long pid, Optional<String> namespace) {
    return new ShieldStatus(
        new ShieldStatus.Shielded(pid, pid, namespace, "program", Optional.empty(), THEN),
        new EffectivePolicy(List.of()),
        List.of(),
        ShieldStatus.Connections.NONE,
        ShieldStatus.Refusals.NONE);
  }

  @Test
  void aStatusSurvivesItsWayThroughJson() throws IOException {
    assertEquals(STATUS, ShieldStatusJson.read(ShieldStatusJson.write(STATUS)));
  }

  @Test
  void socketsOfKilledShieldsAreRemoved(@TempDir Path runtime) throws IOException {
    var environment = Map.of("XDG_RUNTIME_DIR", runtime.toString());
    var directory = StatusDirectory.open(environment);
    var socket = StatusDirectory.socket(directory, "killed");
    try (var listener = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
      listener.bind(UnixDomainSocketAddress.of(socket));
    }
    assertEquals(List.of(socket), StatusDirectory.sockets(directory));
    assertEquals(List.of(), RunningShields.ask(environment));
    assertEquals(List.of(), StatusDirectory.sockets(directory));
  }
}
