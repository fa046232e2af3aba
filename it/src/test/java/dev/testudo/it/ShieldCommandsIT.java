package dev.testudo.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;

/// `testudo shield …` as a person with one program uses it, through the launcher.
class ShieldCommandsIT extends AtShieldWorkshop {
  private static final String PREFIX = ShieldWorkshop.PREFIX;
  private static final int REDIS_PORT = 16_379;
  private static final int HTTP_PORT = 16_380;

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
    shop.await(
        "server.log", "listening at 127.0.0.1:" + REDIS_PORT + ", protected (rule SERVER_redis)");
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
    shop.await("server.log", " (rule SERVER_redis), peer client.local");
    assertFalse(shop.log("client.log").contains("begins"), shop.log("client.log"));

    var plain = Command.run("redis-cli", "-p", "" + REDIS_PORT, "ping");
    assertFalse(plain.out().contains("PONG"), plain.all());
    shop.await("server.log", "refused accept 127.0.0.1:");

    var top = shop.testudo("top", "--once");
    assertTrue(top.out().contains("SERVER_redis"), top.all());
    assertTrue(top.out().contains("client.local"), top.all());
    assertTrue(top.out().contains("TLSv1.3"), top.all());
    assertTrue(shop.testudo("top", "--json").out().contains("\"peer_name\":\"client.local\""));
    var why = shop.testudo("why", "SERVER_redis");
    assertTrue(why.out().contains("open: connection "), why.all());
    assertTrue(why.out().contains("refused accept"), why.all());
    assertTrue(shop.testudo("why", "--last").out().contains("redis-server: refused accept"));

    // 15 to the launcher reaches the program, whose own exit code comes back.
    server.destroy();
    assertEquals(0, shop.exit(server, "server.log"), shop.log("server.log"));
    assertTrue(shop.log("server.log").contains(" ends: from 127.0.0.1:"), shop.log("server.log"));
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
    assertTrue(ended.out().contains("ORDINARY=yes\n"), ended.all());
    assertTrue(ended.out().contains("JAVA_TOOL_OPTIONS=-Dkept\n"), ended.all());
    assertFalse(ended.out().contains("SCONE_"), ended.all());
    assertFalse(ended.out().contains("TESTUDO_"), ended.all());
    assertTrue(ended.err().contains("every other destination"), ended.all());
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
    assertTrue(ended.err().contains("left a process behind"), ended.all());
    var alone = shop.testudo(shielded, "run", "--", "sh", "-c", "sleep 0 & wait");
    assertFalse(alone.err().contains("behind"), alone.all());
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
    assertTrue(ended.err().contains("wrong.env:3:1"), ended.all());
    assertTrue(ended.err().contains("wrong.env:2:1"), ended.all());
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
    assertTrue(differs.err().contains("another value"), differs.all());
  }

  @Test
  void withoutAnyRuleNothingStartsUnlessThatIsAskedFor() throws Exception {
    var marker = folder.resolve("started");
    var nothing = shop.file("nothing.env", "# no rule\n").toString();
    for (var words :
        java.util.List.of(
            java.util.List.of("run", "--", "touch", marker.toString()),
            java.util.List.of("run", "--env-file", nothing, "--", "touch", marker.toString()))) {
      var ended = shop.testudo(words.toArray(String[]::new));
      assertEquals(2, ended.exit(), ended.all());
      assertTrue(ended.err().contains("there is no rule"), ended.all());
      assertFalse(Files.exists(marker));
    }
    for (var mode : java.util.List.of("disabled", "unprotected", "protected")) {
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
    cannotRun("/bin/no-such-program", "there is no such file");
    cannotRun(folder.toString(), "it is a directory");
    cannotRun(plain, "it may not be executed");
    cannotRun(orphan.toString(), "it is a script for /bin/no-such-shell, which does not exist");
    assertFalse(Files.exists(marker));
  }

  private void cannotRun(String program, String why) {
    var ended = shop.testudo(Map.of(PREFIX, "protected"), "run", "--", program);
    assertEquals(1, ended.exit(), ended.all());
    var said = ended.err().lines().filter(line -> line.startsWith("testudo shield run: ")).toList();
    assertEquals(1, said.size(), ended.all());
    var expected = "testudo shield run: `%s` cannot be run: %s".formatted(program, why);
    assertTrue(said.getFirst().startsWith(expected), ended.all());
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
    var checked = shop.testudo("check", "--fail-on-warning", "--env-file", env);
    assertEquals(0, checked.exit(), checked.all() + Files.readString(Path.of(env)));
    assertTrue(checked.out().contains("TCP:" + HTTP_PORT), checked.all());
    var ran = shop.testudo(Map.of("EXTRA", "1"), "run", "--env-file", env, "--", "sh", script);
    assertEquals(0, ran.exit(), ran.all());
    assertTrue(ran.out().contains("extra=7"), ran.all());
    assertTrue(ran.err().contains("refused connect 127.0.0.1:1 "), ran.all());
  }
}
