package dev.testudo.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import dev.testudo.trust.status.SecuredConnection;
import dev.testudo.trust.status.ShieldStatus;
import dev.testudo.trust.status.ShieldStatus.Listening;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;

/// `testudo shield …` as a person with one program uses it, through the launcher.
class ShieldCommandsIT extends AtShieldWorkshop {
  private static final String PREFIX = ShieldWorkshop.PREFIX;
  private static final int REDIS_PORT = 16_379;
  private static final int HTTP_PORT = 16_380;

  private static final String NO_RULE =
      "testudo shield run: there is no rule, and nothing would be protected: the program was not"
          + " started; give --env-file FILE or variables SCONE_NETWORK_SHIELD_…, or"
          + " SCONE_NETWORK_SHIELD=disabled to run it without a shield\n";

  @Test
  void aProtectedServerIsReachedByItsClientOnlyAndEverythingShows() throws Exception {
    var authority = shop.authority();
    var rules =
        shop.file(
            "server.env",
            ShieldWorkshop.serverRules(REDIS_PORT, shop.identity("redis.local"), authority));
    var server =
        shop.start(
            "server.log",
            "run",
            "--connections",
            "--env-file",
            rules.toString(),
            "--",
            "redis-server",
            "--port",
            "" + REDIS_PORT,
            "--bind",
            "127.0.0.1",
            "--save",
            "");
    var address = "127.0.0.1:" + REDIS_PORT;
    shop.awaitShield(
        "server.log",
        shield -> shield.listening().contains(new Listening("SERVER_redis", address, true)));
    assertFalse(shop.log("server.log").contains("PRIVATE KEY"));

    var clientEnv =
        shop.file(
                "client.env",
                ShieldWorkshop.clientRules(REDIS_PORT, shop.identity("client.local"), authority))
            .toString();
    shop.start(
        "client.log",
        "run",
        "--env-file",
        clientEnv,
        "--",
        "redis-cli",
        "-p",
        "" + REDIS_PORT,
        "-r",
        "-1",
        "-i",
        "0.2",
        "ping");
    shop.await("client.log", "PONG");
    var served = shop.awaitShield("server.log", ShieldCommandsIT::servesTheClient);
    assertEquals(List.of("rules in force"), shop.said("run", shop.log("client.log")));

    var plain = Command.run("redis-cli", "-p", "" + REDIS_PORT, "ping");
    assertFalse(plain.out().contains("PONG"), plain.all());
    var refused = shop.awaitShield("server.log", shield -> shield.refusals().total() == 1);
    assertEquals("accept", refused.refusals().last().getFirst().operation());
    assertEquals("SERVER_redis", refused.refusals().last().getFirst().rule());
    everyCommandShows(served.connections().oldest().getFirst().connection(), address);

    // 15 to the launcher reaches the program, whose own exit code comes back.
    server.destroy();
    assertEquals(0, shop.exit(server, "server.log"), shop.log("server.log"));
    var ofConnection =
        "connection %d ".formatted(served.connections().oldest().getFirst().connection().id());
    var told = shop.said("run", shop.log("server.log"));
    assertEquals(
        2, told.stream().filter(line -> line.startsWith(ofConnection)).count(), told::toString);
  }

  private static boolean servesTheClient(ShieldStatus shield) {
    return shield.connections().oldest().stream()
        .map(ShieldStatus.Connection::connection)
        .anyMatch(
            one ->
                one.isInbound()
                    && one.rule().equals("SERVER_redis")
                    && one.peerName().equals(Optional.of("client.local")));
  }

  /// `top` and `why`, each about the one connection of the server and the one client it refused.
  private void everyCommandShows(SecuredConnection connection, String address) {
    new Output(shop.testudo("top", "--once").out())
        .hasLine("  listening at %s, protected (rule SERVER_redis)".formatted(address));
    var shown = new ArrayList<JsonNode>();
    new Output(shop.testudo("top", "--json").out())
        .json()
        .path("shields")
        .forEach(shield -> shield.path("connections").forEach(shown::add));
    var ofServer =
        shown.stream()
            .filter(one -> one.path("peer_name").asText().equals("client.local"))
            .toList();
    assertEquals(1, ofServer.size(), shown::toString);
    assertEquals("SERVER_redis", ofServer.getFirst().path("rule").asText());
    assertEquals("TLSv1.3", ofServer.getFirst().path("tls").asText().split(" ", 2)[0]);
    var why = new Output(shop.testudo("why", "SERVER_redis").out());
    why.hasLine("  open: connection %d from %s".formatted(connection.id(), connection.peer()));
    var refusal = why.refusals();
    assertEquals(1, refusal.size(), why::text);
    assertEquals("accept", refusal.getFirst().operation());
    assertEquals("SERVER_redis", refusal.getFirst().rule());
    assertEquals(refusal, new Output(shop.testudo("why", "--last").out()).refusals());
  }

  @Test
  void theProgramGetsEverythingButTheRules() {
    var ended =
        shop.testudo(
            Map.of(PREFIX, "protected", "ORDINARY", "yes", "JAVA_TOOL_OPTIONS", "-Dkept"),
            "run",
            "--",
            "sh",
            "-c",
            "env; exit 7");
    assertEquals(7, ended.exit(), ended.all());
    new Output(ended.out()).hasLine("ORDINARY=yes");
    new Output(ended.out()).hasLine("JAVA_TOOL_OPTIONS=-Dkept");
    assertFalse(ended.out().contains("SCONE_"), ended.all());
    assertFalse(ended.out().contains("TESTUDO_"), ended.all());
    assertEquals(List.of("rules in force"), shop.said("run", ended.err()));
    var policy = shop.testudo(Map.of(PREFIX, "protected"), "check").out();
    assertNotEquals("", policy);
    var shown = ended.err().lines().skip(1).limit(policy.lines().count()).toList();
    assertEquals(policy.lines().toList(), shown);
  }

  @Test
  void aProgramWithoutEnvironmentGetsNothingOfTheLaunchers() {
    var ended =
        Command.run(
            "env",
            "-i",
            "PATH=/usr/bin:/bin",
            "TESTUDO_JAVA_HOME=" + System.getProperty("java.home"),
            "SCONE_NETWORK_SHIELD=unprotected",
            Command.LAUNCHER.toString(),
            "shield",
            "run",
            "--",
            "env");
    assertEquals(0, ended.exit(), ended.all());
    assertFalse(ended.out().contains("\nJAVA_HOME="), ended.all());
    assertFalse(ended.out().startsWith("JAVA_HOME="), ended.all());
    assertFalse(ended.out().contains("LC_ALL="), ended.all());
  }

  @Test
  void aProgramThatGoesToTheBackgroundIsSaidToBeWithoutAShield() {
    var shielded = Map.of(PREFIX, "protected");
    var ended = shop.testudo(shielded, "run", "--", "sh", "-c", "sleep 1000 & echo $!");
    ProcessHandle.of(Long.parseLong(ended.out().strip())).ifPresent(ProcessHandle::destroy);
    assertEquals(0, ended.exit(), ended.all());
    assertEquals(
        List.of(
            "rules in force",
            "the program has ended but left a process behind, which can no longer make socket"
                + " calls; run it in the foreground"),
        shop.said("run", ended.err()));
    var alone = shop.testudo(shielded, "run", "--", "sh", "-c", "sleep 0 & wait");
    assertEquals(List.of("rules in force"), shop.said("run", alone.err()));
  }

  @Test
  void wrongRulesStartNothingAndNameTheirPlaces() throws Exception {
    var marker = folder.resolve("started");
    var wrong =
        shop.file(
            "wrong.env",
            PREFIX
                + "=protected\n"
                + PREFIX
                + "_CLIENT_3=protected\n"
                + PREFIX
                + "_CLIENT_3=unprotected\n"
                + PREFIX
                + "_CLIENT_3_DESTINATION=TCP:a:1\n");
    var ended =
        shop.testudo("run", "--env-file", wrong.toString(), "--", "touch", marker.toString());
    assertEquals(1, ended.exit(), ended.all());
    assertEquals(List.of("duplicate-key " + wrong + ":3:1"), new Output(ended.err()).diagnostics());
    assertEquals(Set.of("2:1", "3:1"), new Output(ended.err()).placesIn(wrong));
    assertFalse(Files.exists(marker));
    assertEquals(1, shop.testudo("check", "--env-file", wrong.toString()).exit());
    assertEquals(2, shop.testudo("run", "--nonsense", "--", "true").exit());
    assertEquals(2, shop.testudo("run", "--connections=x", "--", "true").exit());
    var differs =
        shop.testudo(
            Map.of(PREFIX, "disabled"),
            "check",
            "--env-file",
            shop.file("mode.env", PREFIX + "=protected\n").toString());
    assertEquals(1, differs.exit(), differs.all());
    assertEquals(List.of("conflicting-keys"), new Output(differs.err()).diagnosticIds());
  }

  @Test
  void withoutAnyRuleNothingStartsUnlessThatIsAskedFor() throws Exception {
    var marker = folder.resolve("started");
    var nothing = shop.file("nothing.env", "# no rule\n").toString();
    for (var words :
        List.of(
            List.of("run", "--", "touch", marker.toString()),
            List.of("run", "--env-file", nothing, "--", "touch", marker.toString()))) {
      var ended = shop.testudo(words.toArray(String[]::new));
      assertEquals(2, ended.exit(), ended.all());
      assertEquals(NO_RULE, ended.err());
      assertFalse(Files.exists(marker));
    }
    for (var mode : List.of("disabled", "unprotected", "protected")) {
      var ended = shop.testudo(Map.of(PREFIX, mode), "run", "--", "touch", marker.toString());
      assertEquals(0, ended.exit(), ended.all());
      assertTrue(Files.deleteIfExists(marker));
    }
  }

  @Test
  void whatCannotBeRunIsNamedAndNothingStarts() throws Exception {
    var marker = folder.resolve("started");
    var plain = shop.file("plain", "#!/bin/sh\ntouch " + marker).toString();
    var orphan = shop.file("orphan", "#!/bin/no-such-shell\ntouch " + marker);
    Files.setAttribute(orphan, "unix:mode", 0755);
    for (var program :
        List.of("/bin/no-such-program", folder.toString(), plain, orphan.toString())) {
      var ended = shop.testudo(Map.of(PREFIX, "protected"), "run", "--", program);
      assertEquals(1, ended.exit(), ended.all());
      // Why in each case: ProgramPathTest.
      var said = shop.said("run", ended.err());
      assertEquals(1, said.size(), ended.all());
      assertEquals("`%s` cannot be run".formatted(program), said.getFirst().split(": ", 2)[0]);
    }
    assertFalse(Files.exists(marker));
  }

  @Test
  void whatIsLearntIsEnoughAndNotMore() throws Exception {
    var script =
        shop.file(
                "script.sh",
                """
            /usr/bin/python3 -m http.server --bind 127.0.0.1 %1$d >/dev/null 2>&1 &
            server=$!
            got=1
            for i in $(seq 100); do
              curl -sf http://127.0.0.1:%1$d/ >/dev/null && { got=0; break; }
              sleep 0.2
            done
            kill $server
            [ -z "${EXTRA:-}" ] || { curl -s --max-time 5 http://127.0.0.1:1/; echo extra=$?; }
            exit $got
            """
                    .formatted(HTTP_PORT))
            .toString();
    var env = shop.path("learnt.env");
    var learnt = shop.testudo("learn", "-o", env, "--", "sh", script);
    assertEquals(0, learnt.exit(), learnt.all());
    var checked = shop.testudo("check", "--fail-on-warning", "--json", "--env-file", env);
    assertEquals(0, checked.exit(), checked.all() + Files.readString(Path.of(env)));
    var served = new ArrayList<String>();
    for (var row : new Output(checked.out()).json().path("policy")) {
      if (row.path("direction").asText().equals("in") && !row.path("rule").asText().equals("-")) {
        served.add(row.path("where").asText());
      }
    }
    assertEquals(List.of("TCP:" + HTTP_PORT), served, checked::all);
    var ran = shop.testudo(Map.of("EXTRA", "1"), "run", "--env-file", env, "--", "sh", script);
    assertEquals(0, ran.exit(), ran.all());
    new Output(ran.out()).hasLine("extra=7");
    assertEquals(
        List.of(
            new Output.Refusal(
                "connect", "127.0.0.1:1", "", "no rule for connecting to 127.0.0.1 port 1")),
        new Output(ran.err()).refusals());
  }
}
