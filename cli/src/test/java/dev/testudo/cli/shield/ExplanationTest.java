package dev.testudo.cli.shield;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

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
    var text = String.join("\n", EXPLANATION.lastRefusal());
    assertTrue(text.contains("refused connect 10.0.0.1:80 (default mode)"), text);
    assertTrue(
        text.contains("SCONE_NETWORK_SHIELD_CLIENT_<name>_DESTINATION=TCP:<host name>:80"), text);
    assertTrue(text.contains("_DESTINATION_IP=10.0.0.1"), text);
  }

  @Test
  void aConnectionIsExplainedByItsRuleAndItsPeer() {
    var text = about("7");
    assertTrue(text.contains("allowed by rule SERVER_1; 10 B came in, 2.0 MB went out"), text);
    assertTrue(text.contains("TLS_AES_128_GCM_SHA256"), text);
    assertFalse(text.contains("\u001b"), text);
    assertTrue(about("6").contains("ended 1:15 min ago: closed"), about("6"));
    assertTrue(about("6").contains("from 10.0.0.8:1, whose certificate says db"), about("6"));
  }

  @Test
  void aRuleIsExplainedByWhatItDidAndWhatItWouldTake() {
    var text = about("SERVER_1");
    assertTrue(text.contains("open: connection 7 from 10.0.0.9:4711"), text);
    assertTrue(text.contains("3 times"), text);
    assertTrue(text.contains("give the peer an identity"), text);
    assertEquals("", about("SERVER_2"));
    assertTrue(about("redis-server").contains("TCP:6379"));
  }

  @Test
  void aPeerOfAnotherNameIsToldApartFromAnUnknownAuthority() {
    assertTrue(advice("peer certificate is for a, rule R expects b").contains("destination"));
    assertTrue(advice("peer certificate is for a, rule R admits only b").contains("_CLIENT_NAMES"));
    assertTrue(advice("peer does not speak TLS").contains("under a shield"));
    assertTrue(advice("peer certificate is not issued by an authority of rule R").contains("put"));
  }

  @Test
  void theNameCacheOfTheCLibraryIsNothingToWorryAbout() {
    var refusal =
        new ShieldStatus.Refusal(
            "connect", "unix:/var/run/nscd/socket", "", "no rule for connecting", 1, THEN, THEN);
    assertTrue(Advice.on(refusal).contains("nothing needs to be done"), Advice.on(refusal));
  }

  private static String advice(String reason) {
    return Advice.on(new ShieldStatus.Refusal("accept", "10.0.0.7:2", "R", reason, 1, THEN, THEN));
  }

  @Test
  void theTableHasEverythingAtAGlance() {
    var text = String.join("\n", new ShieldTable(Palette.PLAIN, NOW).lines(List.of(STATUS)));
    assertTrue(text.contains("/usr/bin/redis-server  pid 100"), text);
    assertTrue(text.contains("1 open, 1 ended recently, 5 plain, 4 refused"), text);
    assertTrue(text.contains("listening at 0.0.0.0:6379, protected (rule SERVER_1)"), text);
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
    assertTrue(all.getLast().contains("q ends"), all.getLast());
    assertFalse(all.getLast().contains("more"), all.getLast());
    assertTrue(String.join("\n", all).contains("TLS_AES_128_GCM_SHA256"));
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
      // The same number in another name space is another process.
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
