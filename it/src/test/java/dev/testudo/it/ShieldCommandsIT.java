package dev.testudo.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// `testudo shield …` as a person with one program uses it, through the launcher.
@Timeout(300)
class ShieldCommandsIT {
  private static final String PREFIX = "SCONE_NETWORK_SHIELD";
  private static final int REDIS_PORT = 16_379;
  private static final int HTTP_PORT = 16_380;

  @TempDir private Path folder;
  private final List<Process> started = new ArrayList<>();

  @BeforeEach
  void anotherRuntimeDirectory() throws IOException {
    Files.createDirectory(
        folder.resolve("runtime"),
        PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
  }

  @AfterEach
  void nothingIsLeftRunning() throws InterruptedException {
    for (var process : started) {
      process.descendants().forEach(ProcessHandle::destroyForcibly);
      process.destroyForcibly().waitFor();
    }
  }

  private Command testudo(Map<String, String> environment, String... words) {
    var all = new ArrayList<>(List.of(Command.LAUNCHER.toString(), "shield"));
    all.addAll(List.of(words));
    var with = new java.util.HashMap<>(environment);
    with.put("XDG_RUNTIME_DIR", folder.resolve("runtime").toString());
    return Command.run(with, all);
  }

  private Command testudo(String... words) {
    return testudo(Map.of(), words);
  }

  private Process start(String log, String... words) throws IOException {
    var all = new ArrayList<>(List.of(Command.LAUNCHER.toString(), "shield"));
    all.addAll(List.of(words));
    var builder = new ProcessBuilder(all).redirectErrorStream(true);
    builder.redirectInput(Path.of("/dev/null").toFile());
    builder.redirectOutput(folder.resolve(log).toFile());
    builder.environment().put("XDG_RUNTIME_DIR", folder.resolve("runtime").toString());
    var process = builder.start();
    started.add(process);
    return process;
  }

  private String log(String name) {
    try {
      return Files.readString(folder.resolve(name));
    } catch (IOException e) {
      return "";
    }
  }

  private void await(String log, String text) throws InterruptedException {
    until(() -> log(log).contains(text), () -> "waiting for `" + text + "` in\n" + log(log));
  }

  private static void until(BooleanSupplier condition, java.util.function.Supplier<String> what)
      throws InterruptedException {
    var deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(60);
    while (!condition.getAsBoolean()) {
      assertTrue(System.nanoTime() < deadline, what);
      Thread.sleep(100);
    }
  }

  private Path file(String name, String text) throws IOException {
    return Files.writeString(folder.resolve(name), text);
  }

  private void openssl(String... words) {
    var all = new ArrayList<>(List.of("openssl"));
    all.addAll(List.of(words));
    var ended = Command.run(Map.of(), all);
    assertEquals(0, ended.exit(), ended.all());
  }

  private String authority() throws IOException {
    openssl(
        "req",
        "-x509",
        "-newkey",
        "ec",
        "-pkeyopt",
        "ec_paramgen_curve:P-256",
        "-nodes",
        "-keyout",
        path("ca.key"),
        "-out",
        path("ca.crt"),
        "-days",
        "2",
        "-subj",
        "/CN=ca",
        "-addext",
        "basicConstraints=critical,CA:TRUE");
    return Files.readString(folder.resolve("ca.crt"));
  }

  /// Key and certificate of `name`, as a shield wants them.
  private String identity(String name) throws IOException {
    openssl(
        "req",
        "-x509",
        "-newkey",
        "ec",
        "-pkeyopt",
        "ec_paramgen_curve:P-256",
        "-nodes",
        "-keyout",
        path(name + ".key"),
        "-out",
        path(name + ".crt"),
        "-days",
        "2",
        "-subj",
        "/CN=" + name,
        "-addext",
        "subjectAltName=DNS:" + name,
        "-addext",
        "basicConstraints=critical,CA:FALSE",
        "-CA",
        path("ca.crt"),
        "-CAkey",
        path("ca.key"));
    return Files.readString(folder.resolve(name + ".key"))
        + Files.readString(folder.resolve(name + ".crt"));
  }

  private String path(String name) {
    return folder.resolve(name).toString();
  }

  private static String serverRules(String identity, String authority) {
    return PREFIX
        + "=protected\n"
        + PREFIX
        + "_SERVER_redis=protected\n"
        + PREFIX
        + "_SERVER_redis_PORT=TCP:"
        + REDIS_PORT
        + "\n"
        + PREFIX
        + "_SERVER_redis_IDENTITY=\""
        + identity
        + "\"\n"
        + PREFIX
        + "_SERVER_redis_CLIENT_AUTH=\""
        + authority
        + "\"\n";
  }

  private static String clientRules(String identity, String authority) {
    return PREFIX
        + "=protected\n"
        + PREFIX
        + "_CLIENT_redis=protected\n"
        + PREFIX
        + "_CLIENT_redis_DESTINATION=TCP:redis.local:"
        + REDIS_PORT
        + "\n"
        + PREFIX
        + "_CLIENT_redis_DESTINATION_IP=127.0.0.1\n"
        + PREFIX
        + "_CLIENT_redis_IDENTITY=\""
        + identity
        + "\"\n"
        + PREFIX
        + "_CLIENT_redis_SERVER_AUTH=\""
        + authority
        + "\"\n";
  }

  @Test
  void aProtectedServerIsReachedByItsClientOnlyAndEverythingShows() throws Exception {
    var authority = authority();
    var rules = file("server.env", serverRules(identity("redis.local"), authority));
    var server =
        start(
            "server.log",
            "run",
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
    await("server.log", "listening at 127.0.0.1:" + REDIS_PORT + ", protected (rule SERVER_redis)");
    assertFalse(log("server.log").contains("PRIVATE KEY"));

    var clientEnv = file("client.env", clientRules(identity("client.local"), authority)).toString();
    start(
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
    await("client.log", "PONG");

    var plain = Command.run("redis-cli", "-p", "" + REDIS_PORT, "ping");
    assertFalse(plain.out().contains("PONG"), plain.all());
    await("server.log", "refused accept 127.0.0.1:");

    var top = testudo("top", "--once");
    assertTrue(top.out().contains("SERVER_redis"), top.all());
    assertTrue(top.out().contains("client.local"), top.all());
    assertTrue(top.out().contains("TLSv1.3"), top.all());
    assertTrue(testudo("top", "--json").out().contains("\"peer_name\":\"client.local\""));
    var why = testudo("why", "SERVER_redis");
    assertTrue(why.out().contains("open: connection "), why.all());
    assertTrue(why.out().contains("refused accept"), why.all());
    assertTrue(testudo("why", "--last").out().contains("redis-server: refused accept"));

    file("server.env", serverRules(identity("redis.local"), authority));
    await("server.log", "reloaded: new identity of rule SERVER_redis");
    file("server.env", serverRules("nonsense", authority));
    await("server.log", "not reloaded, everything stays as it was");
    var again =
        testudo("run", "--env-file", clientEnv, "--", "redis-cli", "-p", "" + REDIS_PORT, "ping");
    assertTrue(again.out().contains("PONG"), again.all());

    // 15 to the launcher reaches the program, whose own exit code comes back.
    server.destroy();
    assertTrue(server.waitFor(60, TimeUnit.SECONDS), log("server.log"));
    assertEquals(0, server.exitValue(), log("server.log"));
  }

  @Test
  void theProgramGetsEverythingButTheRules() {
    var ended =
        testudo(
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
  void wrongRulesStartNothingAndNameTheirPlaces() throws Exception {
    var marker = folder.resolve("started");
    var wrong =
        file(
            "wrong.env",
            PREFIX
                + "=protected\n"
                + PREFIX
                + "_CLIENT_3=protected\n"
                + PREFIX
                + "_CLIENT_3=unprotected\n"
                + PREFIX
                + "_CLIENT_3_DESTINATION=TCP:a:1\n");
    var ended = testudo("run", "--env-file", wrong.toString(), "--", "touch", marker.toString());
    assertEquals(1, ended.exit(), ended.all());
    assertTrue(ended.err().contains("wrong.env:3:1"), ended.all());
    assertTrue(ended.err().contains("wrong.env:2:1"), ended.all());
    assertFalse(Files.exists(marker));
    assertEquals(1, testudo("check", "--env-file", wrong.toString()).exit());
    assertEquals(2, testudo("run", "--nonsense", "--", "true").exit());
    var differs =
        testudo(
            Map.of(PREFIX, "disabled"),
            "check",
            "--env-file",
            file("mode.env", PREFIX + "=protected\n").toString());
    assertEquals(1, differs.exit(), differs.all());
    assertTrue(differs.err().contains("another value"), differs.all());
  }

  @Test
  void whatIsLearntIsEnoughAndNotMore() throws Exception {
    var script =
        file(
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
    var env = path("learnt.env");
    var learnt = testudo("learn", "-o", env, "--", "sh", script);
    assertEquals(0, learnt.exit(), learnt.all());
    var checked = testudo("check", "--fail-on-warning", "--env-file", env);
    assertEquals(0, checked.exit(), checked.all() + Files.readString(Path.of(env)));
    assertTrue(checked.out().contains("TCP:" + HTTP_PORT), checked.all());
    var ran = testudo(Map.of("EXTRA", "1"), "run", "--env-file", env, "--", "sh", script);
    assertEquals(0, ran.exit(), ran.all());
    assertTrue(ran.out().contains("extra=7"), ran.all());
    assertTrue(ran.err().contains("refused connect 127.0.0.1:1 "), ran.all());
  }
}
