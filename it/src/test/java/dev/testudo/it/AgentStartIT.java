package dev.testudo.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.testudo.policy.decision.JoinToken;
import dev.testudo.policy.decision.OneTimePassword;
import dev.testudo.trust.channel.RefusalReport;
import dev.testudo.trust.measure.SoftwareMeasurement;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// One agent against a real CAS: what the program gets, and what keeps it from starting. Runs as
/// root.
@Timeout(3600)
class AgentStartIT {
  private static final Path LIB = Command.ROOT.resolve("dist/target/testudo/lib");
  private static final String SECRET_DIRECTORY = "/testudo-agent-it";
  private static final int ENVIRONMENT_FAILED = 3;
  private static final int REFUSED = 4;

  @TempDir private static Path shared;
  private static RunningCas cas;
  private static int sessions;

  @TempDir private Path folder;
  private Path image;
  private final List<Process> started = new ArrayList<>();

  @BeforeAll
  static void startCas() throws IOException {
    // The CAS is the first to be launched here, so that the AOT cache is there before it is
    // measured.
    cas = RunningCas.start(shared.resolve("cas"));
  }

  @AfterAll
  static void stopCas() throws IOException {
    cas.close();
  }

  @AfterEach
  void nothingIsLeftRunning() throws InterruptedException {
    for (var process : started) {
      Processes.end(process);
    }
  }

  @BeforeEach
  void makeImage() throws IOException {
    Files.setAttribute(folder, "unix:mode", 0777);
    image = Files.createDirectory(folder.resolve("image"));
    var app = Files.createDirectories(image.resolve("root/testudo-app"));
    Files.writeString(app.resolve("greeting"), "hello");
    describeImage("/bin/sh");
  }

  private void describeImage(String program) throws IOException {
    Files.writeString(
        image.resolve("image.json"),
        "{\"name\":\"it\",\"files\":[\"%s\"],\"host_paths\":[\"%s\"]}"
            .formatted(Path.of(program).toRealPath(), folder));
  }

  private String measurement() throws IOException {
    return SoftwareMeasurement.of(LIB, image).measurement().hex();
  }

  /// Registers a session whose service runs a shell script; returns the service's id.
  private String session(String script) throws IOException {
    return session(script, "tolerate: [software-evidence]", measurement());
  }

  private static String session(String script, String tolerate, String measurement)
      throws IOException {
    var name = "agent-it" + (sessions++ == 0 ? "" : "/s" + sessions);
    cas.register(
        """
        name: %s
        version: "0.3"
        security:
          attestation:
            mode: hardware
            %s
        services:
          - name: program
            image_name: image
            command: [sh, -c, '%s', zero, one two]
            pwd: /testudo-app
            attestation:
              - mrenclave: "%s"
                join_token: required
            environment:
              PATH: /usr/bin:/bin
              PASSWORD: $$SCONE::password$$
        images:
          - name: image
            injection_files:
              - path: %s/password
                content: $$SCONE::password$$
                permission: 0o400
        secrets:
          - name: password
            kind: ascii
            value: tell-nobody
        access_policy:
          read: [ANY]
          create_sessions: [ANY]
        """
            .formatted(name, tolerate, script.replace("'", "''"), measurement, SECRET_DIRECTORY));
    return name + "/program";
  }

  /// The agent of a service that exists, with a token for one start.
  private List<String> agent(String service) throws IOException {
    var words = cas.agent(service, image);
    words.addAll(List.of("--token-file", tokenFile(cas.token(service, 1)).toString()));
    return words;
  }

  /// A file that the ordinary user of these tests may read as well, and nobody else.
  private Path tokenFile(String token) throws IOException {
    var file = folder.resolve("token");
    Files.deleteIfExists(file);
    Files.writeString(file, token + "\n");
    Files.setAttribute(file, "unix:mode", 0400);
    Files.setAttribute(file, "unix:uid", 65534);
    return file;
  }

  private Command run(String service) throws IOException {
    return Command.run(Map.of("STRANGER", "1"), agent(service));
  }

  private static Command inNamespaces(List<String> wrapper, List<String> agent) {
    var words = new ArrayList<>(wrapper);
    words.addAll(agent);
    return Command.run(Map.of(), words);
  }

  /// Writes all that the program can see of its start to `out`.
  private String report(Path out) {
    return ("{ printf \"%%s|\" \"$0\" \"$@\"; pwd; tr \"\\0\" \"\\n\" < /proc/$$/environ; cat greeting;"
            + " echo; cat %s/password; echo; } > %s; exit 7")
        .formatted(SECRET_DIRECTORY, out);
  }

  private static void assertReported(Path out) throws IOException {
    var lines = Files.readAllLines(out);
    assertEquals("zero|one two|/testudo-app", lines.getFirst());
    assertEquals(
        new TreeSet<>(List.of("PATH=/usr/bin:/bin", "PASSWORD=tell-nobody")),
        new TreeSet<>(lines.subList(1, 3)));
    assertEquals(List.of("hello", "tell-nobody"), lines.subList(3, 5));
  }

  @Test
  void theProgramGetsExactlyWhatThePolicySaysAndNothingStays() throws IOException {
    var before = names(Path.of("/"));
    var out = folder.resolve("out");
    var service = session(report(out));
    var ended = run(service);
    assertEquals(7, ended.exit(), ended.all());
    assertReported(out);
    new Output(ended.err())
        .hasLine("testudo agent: %s: not hardware attested (software evidence)".formatted(service));
    assertFalse(ended.all().contains("tell-nobody"), ended.all());
    assertEquals(before, names(Path.of("/")));
    assertFalse(Files.exists(Path.of(SECRET_DIRECTORY)));
  }

  @Test
  void itWorksAsTheFirstProcessOfItsOwnNamespaces() throws IOException {
    var out = folder.resolve("out");
    var service = session(report(out).replace("exit 7", "echo $PPID >> " + out + "; exit 7"));
    var unshare =
        List.of("unshare", "--mount", "--pid", "--fork", "--kill-child", "--mount-proc", "--");
    var ended = inNamespaces(unshare, agent(service));
    assertEquals(7, ended.exit(), ended.all());
    assertEquals(
        "1", Files.readAllLines(out).getLast(), "the program's parent, which is the agent");
  }

  @Test
  void itWorksForAnOrdinaryUserWhoLeavesNoPrivilegesToTheProgram() throws IOException {
    var out = folder.resolve("out");
    var script =
        report(out)
            .replace("exit 7", "{ grep ^Cap /proc/self/status; id -u; } >> " + out + "; exit 7");
    var service = session(script);
    var unshare =
        List.of(
            "setpriv",
            "--reuid=65534",
            "--regid=65534",
            "--clear-groups",
            "unshare",
            "--user",
            "--map-current-user",
            "--keep-caps",
            "--mount",
            "--pid",
            "--fork",
            "--kill-child",
            "--mount-proc",
            "--");
    var ended = inNamespaces(unshare, agent(service));
    assertEquals(7, ended.exit(), ended.all());
    assertReported(out);
    var lines = Files.readAllLines(out);
    assertEquals("65534", lines.getLast());
    for (var set : List.of("CapInh", "CapPrm", "CapEff", "CapAmb")) {
      new Output(String.join("\n", lines)).hasLine(set + ":\t0000000000000000");
    }
  }

  @Test
  void anOrdinaryUserWithoutNamespacesIsToldHowToGetThem() throws IOException {
    var out = folder.resolve("out");
    var service = session(report(out));
    var user = List.of("setpriv", "--reuid=65534", "--regid=65534", "--clear-groups", "--");
    var ended = inNamespaces(user, agent(service));
    assertEquals(ENVIRONMENT_FAILED, ended.exit(), ended.all());
    assertEquals(
        List.of("unshare --user --map-current-user --keep-caps --mount --pid --fork"),
        new Output(ended.err()).commands(),
        ended::all);
    assertFalse(Files.exists(out), "the program ran");
  }

  @Test
  void rootsProgramIsAUserOfItsOwnWhoCannotLookIntoTheAgentNorMount() throws IOException {
    var out = folder.resolve("out");
    var script =
        ("{ [ -e /proc/$PPID ]; echo agent $?; unshare -m true; echo mount $?; id -u;"
                + " grep -h ^Cap /proc/self/status; } > %s")
            .formatted(out);
    var ended = run(session(script));
    assertEquals(0, ended.exit(), ended.all());
    var lines = Files.readAllLines(out);
    assertEquals(List.of("agent 1", "mount 1"), lines.subList(0, 2), ended.all());
    assertTrue(Integer.parseInt(lines.get(2)) >= 0x7fe0_0000, lines::toString);
    assertEquals(
        Stream.of("CapInh", "CapPrm", "CapEff", "CapBnd", "CapAmb")
            .map(set -> set + ":\t0000000000000000")
            .toList(),
        lines.subList(3, lines.size()));
  }

  @Test
  void whatIsNotNamedIsNotThere() throws IOException {
    var out = folder.resolve("out");
    var secret = shared.resolve("cas/seal.key");
    assertTrue(Files.exists(secret), "the test knows what it looks for");
    var script =
        "for f in %s %s %s /etc/shadow /etc/cron.d /root /boot; do ls -d $f; done > %s"
            .formatted(secret, LIB, image.resolve("image.json"), out);
    var ended = run(session(script));
    assertTrue(Files.exists(out), ended.all());
    assertEquals("", Files.readString(out));
  }

  @Test
  void aChangedImageIsRefused() throws IOException {
    var out = folder.resolve("out");
    var service = session(report(out));
    var expected = measurement();
    Files.writeString(image.resolve("root/testudo-app/greeting"), "goodbye");
    assertEquals(
        List.of(new Lacking("measurement", expected, measurement())),
        Lacking.in(whyNotAttested(run(service), out)));
  }

  @Test
  void softwareEvidenceIsRefusedWhereNotTolerated() throws IOException {
    var out = folder.resolve("out");
    var service = session(report(out), "ignore_advisories: \"*\"", measurement());
    var lacking = Lacking.in(whyNotAttested(run(service), out));
    assertEquals(List.of("evidence"), lacking.stream().map(Lacking::requirement).toList());
  }

  @Test
  void aProgramThatIsNotMeasuredIsRefused() throws IOException {
    var out = folder.resolve("out");
    describeImage("/bin/cat");
    var service = session(report(out));
    assertRefused(run(service), out);
    // By the agent itself: CAS has attested it.
    var last = cas.audit().getLast();
    assertEquals("attested", last.path("event").asText(), last::toString);
    assertEquals(service, last.path("service").asText());
  }

  @Test
  void anUnknownServiceIsRefusedInTheSameWords() throws IOException {
    session(report(folder.resolve("out")));
    var ended = Command.run(Map.of(), cas.agent("agent-it/nobody", image));
    assertEquals("unknown-service", whyNotAttested(ended, folder.resolve("out")).reason());
  }

  @Test
  void aTokenIsGoodForOneStartAndNothingStartsWithoutOne() throws IOException {
    var out = folder.resolve("out");
    var service = session(report(out));
    var words = agent(service);
    assertEquals(7, Command.run(Map.of(), words).exit());
    Files.delete(out);
    var again = whyNotAttested(Command.run(Map.of(), words), out);
    assertEquals(List.of(JoinToken.USED_UP.toString()), seen("join token", again));
    var without = Command.run(Map.of(), cas.agent(service, image));
    assertEquals(
        List.of(JoinToken.NONE.toString()), seen("join token", whyNotAttested(without, out)));
  }

  @Test
  void aTokenFileThatOthersCanReadIsRefusedBeforeItIsUsed() throws IOException {
    var out = folder.resolve("out");
    var words = agent(session(report(out)));
    Files.setAttribute(folder.resolve("token"), "unix:mode", 0444);
    var ended = Command.run(Map.of(), words);
    assertEquals(1, ended.exit(), ended.all());
    assertFalse(Files.exists(out), "the program ran");
    // Nothing but the mode was wrong, and the token is still good for its one start.
    Files.setAttribute(folder.resolve("token"), "unix:mode", 0400);
    assertEquals(7, Command.run(Map.of(), words).exit());
  }

  /// As SCONE hands it over, and with the open descriptor that `up` uses.
  @Test
  void theTokenIsInNoEnvironmentOnceTheAgentRuns() throws Exception {
    var ready = folder.resolve("ready");
    var script =
        "tr \"\\0\" \"\\n\" < /proc/$$/environ > %1$s.new; mv %1$s.new %1$s; exec sleep 1000"
            .formatted(ready);
    var service = session(script);
    var token = cas.token(service, 2);
    var builder = new ProcessBuilder(cas.agent(service, image));
    builder.environment().put("SCONE_SERVICE_ACCESS_TOKEN", token);
    start(builder, ready);
    assertNowhere(token, ready);
    Files.delete(ready);
    var words = cas.agent(service, image);
    words.addAll(List.of("--token-fd", "0"));
    var agent = new ProcessBuilder(words);
    var input = Files.writeString(folder.resolve("input"), token + "\n");
    agent.redirectInput(input.toFile());
    start(agent, ready);
    Files.delete(input);
    assertNowhere(token, ready);
  }

  private static void assertNowhere(String token, Path ready) throws IOException {
    assertFalse(Files.readString(ready).contains(token), "in the environment of the program");
    assertFalse(Files.readString(ready).contains("TOKEN"), "in the environment of the program");
    try (var processes = Files.list(Path.of("/proc"))) {
      for (var process :
          processes.filter(p -> p.getFileName().toString().matches("[0-9]+")).toList()) {
        for (var part : List.of("environ", "cmdline")) {
          try {
            assertFalse(
                Files.readString(process.resolve(part), StandardCharsets.ISO_8859_1)
                    .contains(token),
                process.resolve(part)::toString);
          } catch (IOException e) {
            // It has ended, or is not ours to read.
          }
        }
      }
    }
  }

  @Test
  void aCasWithAnotherKeyGetsNothing() throws IOException {
    var out = folder.resolve("out");
    var words = agent(session(report(out)));
    var key = words.set(words.indexOf("--cas-key") + 1, "11111111111111111111111111111112");
    var before = cas.audit();
    var ended = Command.run(Map.of(), words);
    assertEquals(ENVIRONMENT_FAILED, ended.exit(), ended.all());
    assertFalse(Files.exists(out));
    assertEquals(before, cas.audit(), "CAS was asked for something");
    words.set(words.indexOf("--cas-key") + 1, key);
    assertEquals(7, Command.run(Map.of(), words).exit(), "its key alone was wrong");
  }

  /// What the owner of the session learns of a refusal; whoever is not attested learns no more than
  /// that.
  private static RefusalReport whyNotAttested(Command ended, Path out) throws IOException {
    assertRefused(ended, out);
    assertFalse(ended.all().contains("expected"), ended.all());
    var why = cas.why(ended.err());
    assertEquals("attest", why.action());
    return why;
  }

  private static List<String> seen(String requirement, RefusalReport why) {
    return Lacking.in(why).stream()
        .filter(one -> one.requirement().equals(requirement))
        .map(Lacking::seen)
        .toList();
  }

  @Test
  void aOneTimePasswordFollowsTheNameOfTheServiceAndCountsOnce() throws IOException {
    var out = folder.resolve("out");
    var security = "tolerate: [software-evidence]\n    one_time_password_shared_secret: ";
    var service = session(report(out), security + Authenticator.SECRET, measurement());
    var words = cas.agent(service, image);
    words.addAll(List.of("--token-file", tokenFile(cas.token(service, 2)).toString()));
    var first = whyNotAttested(Command.run(Map.of(), words), out);
    assertEquals(List.of(OneTimePassword.NONE.toString()), seen("one-time password", first));
    words.set(words.indexOf(service), service + "@" + Authenticator.password());
    assertEquals(7, Command.run(Map.of(), words).exit());
    Files.delete(out);
    var again = whyNotAttested(Command.run(Map.of(), words), out);
    assertEquals(List.of(OneTimePassword.USED.toString()), seen("one-time password", again));
  }

  private static void assertRefused(Command ended, Path out) {
    assertEquals(REFUSED, ended.exit(), ended.all());
    var lines = ended.err().lines().filter(l -> l.contains("refused: ")).toList();
    assertEquals(1, lines.size(), ended.all());
    assertFalse(Files.exists(out), "the program ran");
  }

  @Test
  void termReachesTheProgramWhichDecides() throws Exception {
    var ready = folder.resolve("ready");
    var script = "trap \"exit 9\" TERM; : > %s; while :; do sleep 0.02; done".formatted(ready);
    var agent = start(agent(session(script)), ready);
    agent.destroy();
    assertTrue(Patience.outlasts(agent));
    assertEquals(9, agent.exitValue());
  }

  @Test
  void theEndOfItsInputStopsTheProgram() throws Exception {
    var ready = folder.resolve("ready");
    var words = agent(session(": > %s; exec sleep 1000".formatted(ready)));
    words.add("--exit-with-stdin");
    var agent = start(words, ready);
    agent.getOutputStream().close();
    assertTrue(Patience.outlasts(agent));
    assertEquals(128 + 15, agent.exitValue());
  }

  @Test
  void whatTheProgramLeftBehindEndsWithIt() throws Exception {
    var pid = folder.resolve("pid");
    var ended = run(session("setsid sleep 1000 & echo $! > %s".formatted(pid)));
    assertEquals(0, ended.exit(), ended.all());
    assertFalse(Files.exists(Path.of("/proc", Files.readString(pid).trim())));
  }

  private Process start(List<String> words, Path ready) throws Exception {
    return start(new ProcessBuilder(words), ready);
  }

  private Process start(ProcessBuilder builder, Path ready) throws Exception {
    var agent =
        builder.redirectErrorStream(true).redirectOutput(folder.resolve("log").toFile()).start();
    started.add(agent);
    Patience.until(() -> Files.exists(ready) || !agent.isAlive(), () -> "the program does not run");
    assertTrue(Files.exists(ready), Files.readString(folder.resolve("log")));
    return agent;
  }

  private static Set<String> names(Path directory) throws IOException {
    try (var entries = Files.list(directory)) {
      return entries.map(Path::toString).collect(Collectors.toCollection(TreeSet::new));
    }
  }
}
