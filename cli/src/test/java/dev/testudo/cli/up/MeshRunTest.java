package dev.testudo.cli.up;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.testudo.cli.Printed;
import dev.testudo.cli.exit.CommandFailed;
import dev.testudo.cli.exit.ExitCode;
import dev.testudo.cli.mesh.LoadedMesh;
import dev.testudo.cli.terminal.Palette;
import dev.testudo.cli.terminal.PlainDisplay;
import dev.testudo.policy.session.ServiceId;
import dev.testudo.policy.session.read.SessionParser;
import dev.testudo.policy.source.Diagnostics;
import dev.testudo.policy.source.Parsed;
import dev.testudo.policy.source.SourceFile;
import dev.testudo.trust.channel.AgentEvent;
import dev.testudo.trust.channel.JoinTokenOrder;
import dev.testudo.trust.channel.NewJoinToken;
import dev.testudo.trust.pki.Identity;
import dev.testudo.trust.pki.KeyHash;
import dev.testudo.trust.secret.Secret;
import dev.testudo.trust.status.Direction;
import dev.testudo.trust.status.SecuredConnection;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.locks.LockSupport;
import java.util.regex.Pattern;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(300)
class MeshRunTest {
  private static final String MESH =
      """
      apiVersion: scone/5.8
      kind: mesh
      cas:
        - name: cas
          alias: [image, security, access, attestation]
          cas_url: localhost
      policy:
        namespace: shop
        tolerate: software-evidence
      env:
      services:
        - name: db
          image: local/db:1
        - name: web
          image: local/web:1
      """;

  private static final String SERVICE =
      """
      apiVersion: scone/5.8
      kind: genservice
      build:
        name: %1$s
        kind: sconify_image
        to: local/%1$s:1
        command: /bin/sh run
        pwd: /app
      environment:
        local:
          - name: SCONE_NETWORK_SHIELD
            value: protected
      %2$s
        global:
      """;

  private static final String RULE =
      """
          - name: SCONE_NETWORK_SHIELD_SERVER_1
            value: unprotected
          - name: SCONE_NETWORK_SHIELD_SERVER_1_PORT
            value: TCP:5432
      """;

  private static final KeyHash OWNER = Identity.ephemeral("owner").keyHash();

  private static final Pattern TIME = Pattern.compile("(?m)^testudo \\| [0-9:]{8} ");

  private static final Pattern UP =
      Pattern.compile(
          ("(?m)^testudo \\| up in [0-9]+ ms: CAS ready T, sessions registered T,"
                  + " first program started T$")
              .replace("T", "(after [0-9]+ ms|unseen)"));

  private final FakeProcesses processes = new FakeProcesses();
  private final ByteArrayOutputStream shown = new ByteArrayOutputStream();
  private final Map<String, String> sessions = new LinkedHashMap<>();
  private final Map<String, List<String>> tokens = new LinkedHashMap<>();
  private final SessionRegistry registry =
      new SessionRegistry() {
        @Override
        public void apply(String name, String yaml) {
          sessions.put(name, yaml);
        }

        @Override
        public List<String> why(String request) {
          return List.of("expected aa, seen bb for " + request);
        }

        @Override
        public NewJoinToken rotateJoinToken(ServiceId service, JoinTokenOrder order) {
          assertEquals(1, order.uses(), "each agent starts once");
          var made = tokens.computeIfAbsent(service.toString(), _ -> new ArrayList<>());
          var text = "token-%d-of-%s".formatted(made.size(), service);
          made.add(text);
          return new NewJoinToken("id", Secret.ofText(text), Instant.EPOCH);
        }
      };

  @TempDir Path work;
  private Path root;

  @BeforeEach
  void writeTheMesh() throws Exception {
    Files.createDirectories(work.resolve("db"));
    Files.createDirectories(work.resolve("web"));
    Files.createDirectories(work.resolve("lib"));
    Files.writeString(work.resolve("mesh.yaml"), MESH);
    Files.writeString(
        work.resolve("db/service.yaml"), SERVICE.formatted("db", RULE.stripTrailing()));
    Files.writeString(work.resolve("web/service.yaml"), SERVICE.formatted("web", ""));
    root = work.resolve("target/up");
  }

  private MeshRun mesh(MeshDirectory state, List<String> command, Duration readyWithin)
      throws Exception {
    var loaded = LoadedMesh.load(work.resolve("mesh.yaml"), List.of());
    var valid =
        assertInstanceOf(
            Parsed.Valid.class, loaded, () -> Diagnostics.render(loaded.diagnostics()));
    return new MeshRun(
        new MeshSetup(
            (LoadedMesh) valid.value(),
            state,
            command,
            work,
            new MeshSetup.Patience(readyWithin, Duration.ofMillis(500))),
        new MeshWorld(
            new Launching(
                work.resolve("testudo"),
                work.resolve("jdk"),
                Map.of("PATH", "/bin", "SECRET", "x"),
                true),
            OWNER,
            work.resolve("lib"),
            processes,
            _ -> registry,
            new PlainDisplay(new PrintStream(shown, true, UTF_8), Palette.PLAIN, List.of()),
            // Time before the run, such as that of a build, does not make services late.
            Instant.now().minus(Duration.ofHours(1))));
  }

  private int run(String... command) throws Exception {
    return run(Duration.ofMinutes(2), command);
  }

  private int run(Duration readyWithin, String... command) throws Exception {
    try (var state = MeshDirectory.open(root)) {
      return mesh(state, List.of(command), readyWithin).run();
    } finally {
      for (var child : processes.started) {
        assertFalse(child.isAlive(), child.name + " is left behind");
      }
    }
  }

  private String output() {
    return shown.toString(UTF_8);
  }

  /// Fails unless `up` said that line itself, at whatever time.
  private void assertSaid(String line) {
    new Printed(TIME.matcher(output()).replaceAll("testudo | ")).hasLine("testudo | " + line);
  }

  private boolean isUp() {
    return UP.matcher(output()).find();
  }

  private void agents(java.util.function.Consumer<FakeProcesses.FakeChild> then) {
    processes.agents =
        agent -> {
          agent.say(new AgentEvent.Started(2, "/bin/sh"));
          if (agent.name.contains("/db/")) {
            agent.say(new AgentEvent.Listening("SERVER_1", "127.1.1.1:5432", "unprotected"));
          }
          then.accept(agent);
        };
  }

  @Test
  void theCommandRunsWhenAllIsReadyAndItsExitCodeIsOurs() throws Exception {
    agents(_ -> {});
    processes.commands =
        command -> {
          assertTrue(isUp(), output());
          var report = Path.of(command.spec.environment().getOrDefault("TESTUDO_MESH_JSON", ""));
          try {
            var mesh = new Printed(Files.readString(report)).json();
            assertTrue(mesh.bool("ready"));
            var db = mesh.object("services").object("db").text("address");
            assertEquals("127", db.split("\\.")[0]);
            assertEquals(FakeProcesses.KEY, mesh.object("cas").text("key_hash"));
          } catch (java.io.IOException e) {
            throw new java.io.UncheckedIOException(e);
          }
          assertEquals("127.0.0.1:4711", command.spec.environment().get("TESTUDO_CAS"));
          assertEquals("x", command.spec.environment().get("SECRET"));
          command.end(7);
        };
    assertEquals(7, run("demo.sh", "--fast"));
    assertEquals("demo.sh", processes.named("command").spec.command().get(4));
    assertFalse(Files.exists(root.resolve("run/mesh.json")));
  }

  @Test
  void everythingIsStoppedInReverseOrder() throws Exception {
    agents(_ -> {});
    processes.commands = command -> Thread.ofVirtual().start(() -> command.end(0));
    assertEquals(0, run("demo.sh"));
    assertEquals(
        List.of(
            "terminate command", "terminate shop/web/sh", "terminate shop/db/sh", "terminate cas"),
        processes.stops);
  }

  @Test
  void agentsGetTheirTokenByTheirInputAndNothingOfOurs() throws Exception {
    agents(_ -> {});
    run("demo.sh");
    var agent = processes.named("shop/web/sh");
    assertEquals(java.util.Set.of("PATH"), agent.spec.environment().keySet());
    assertEquals("0", agent.argument("--token-fd"));
    assertEquals("token-0-of-shop/web/sh", agent.firstLine);
    assertEquals("token-0-of-shop/db/sh", processes.named("shop/db/sh").firstLine);
    assertFalse(String.join(" ", agent.spec.command()).contains("token-0"));
    assertFalse(sessions.toString().contains("token-0"), sessions.toString());
    assertFalse(output().contains("token-0"), output());
    var left = agent.spec.firstLine().orElseThrow();
    assertTrue(left.matches(Secret.copyOf(new byte[left.length()])), "it is not wiped");
  }

  @Test
  void casTakesSessionsFromTheMeshAndFromNobodyElse() throws Exception {
    agents(_ -> {});
    run("demo.sh");
    var cas = processes.named("cas");
    assertEquals(OWNER.text(), cas.argument("--owner"));
    assertFalse(cas.spec.command().contains("--first-come"), cas.spec.command().toString());
  }

  @Test
  void eachRunHasNewTokensAndKeepsNone() throws Exception {
    agents(_ -> {});
    run("demo.sh");
    processes.started.clear();
    run("demo.sh");
    assertEquals("token-1-of-shop/web/sh", processes.named("shop/web/sh").firstLine);
    try (var files = Files.walk(root)) {
      for (var file : files.filter(Files::isRegularFile).toList()) {
        assertFalse(
            new String(Files.readAllBytes(file), java.nio.charset.StandardCharsets.ISO_8859_1)
                .contains("token-"),
            file.toString());
      }
    }
  }

  @Test
  void aSecondRunRegistersTheVerySameSessions() throws Exception {
    agents(_ -> {});
    run("demo.sh");
    var first = Map.copyOf(sessions);
    assertEquals(List.of("shop", "shop/db", "shop/web"), List.copyOf(sessions.keySet()));
    for (var yaml : first.values()) {
      assertInstanceOf(Parsed.Valid.class, SessionParser.read(new SourceFile("session", yaml)));
    }
    run("demo.sh");
    assertEquals(first, sessions);
  }

  @Test
  void whenAllServicesFinishTheMeshIsDone() throws Exception {
    agents(
        agent -> {
          agent.say(new AgentEvent.Exited(0));
          agent.end(0);
        });
    assertEquals(0, run());
    assertTrue(isUp(), output());
    assertSaid("service web finished");
  }

  @Test
  void aServiceThatDiesStopsTheWholeMeshWithOneClearLine() throws Exception {
    agents(
        agent -> {
          if (agent.name.contains("/web/")) {
            agent.say(new AgentEvent.Exited(137));
            agent.end(137);
          }
        });
    assertEquals(3, run());
    assertSaid("service web ended by signal 9 (KILL)");
    assertTrue(processes.stops.contains("terminate shop/db/sh"));
  }

  @Test
  void aRefusedServiceMakesTheExitCodeFour() throws Exception {
    processes.agents =
        agent -> {
          if (agent.name.contains("/db/")) {
            agent.say(new AgentEvent.Failed("not attested", Optional.of("4711")));
            agent.end(4);
          }
        };
    assertEquals(4, run());
    assertSaid("service db was refused: not attested");
    assertSaid("CAS: expected aa, seen bb for 4711");
  }

  @Test
  void aCasThatDiesStopsTheWholeMesh() throws Exception {
    agents(
        agent -> {
          if (agent.name.contains("/web/")) {
            processes.named("cas").end(137);
          }
        });
    assertEquals(3, run());
    assertSaid("CAS ended by signal 9 (KILL)");
  }

  @Test
  void aCasThatSaysNonsenseIsAnEnvironmentError() {
    processes.readyLine = "ready!";
    var failed = assertThrows(CommandFailed.class, this::run);
    assertEquals(ExitCode.ENVIRONMENT_FAILED, failed.code());
    assertEquals("CAS did not report its address", failed.line().split(": ", 2)[0]);
  }

  @Test
  void aServiceThatNeverListensFailsTheCommandAndNamesItsPort() throws Exception {
    assertEquals(3, run(Duration.ofMillis(300), "demo.sh"));
    assertSaid("service db is not ready: nothing listens on port [5432]");
  }

  @Test
  void anAgentThatDoesNotEndIsKilled() throws Exception {
    agents(
        agent -> {
          agent.ignoresTermination = agent.name.contains("/web/");
          if (agent.name.contains("/db/")) {
            agent.say(new AgentEvent.Failed("the disk is full"));
            agent.end(3);
          }
        });
    assertEquals(3, run());
    assertSaid("the agent of service db ended with exit code 3: the disk is full");
    assertTrue(processes.stops.contains("kill shop/web/sh"));
  }

  @Test
  void theUserCanStopTheMeshAtAnyTime() throws Exception {
    agents(_ -> {});
    try (var state = MeshDirectory.open(root)) {
      var mesh = mesh(state, List.of(), Duration.ofMinutes(2));
      mesh.requestStop();
      assertThrows(CommandFailed.class, mesh::run);
      var next = mesh(state, List.of(), Duration.ofMinutes(2));
      var stopping =
          Thread.ofVirtual()
              .start(
                  () -> {
                    // The loop ends even if the mesh never comes up; the test fails then.
                    for (var i = 0; i < 120_000 && !isUp(); i++) {
                      LockSupport.parkNanos(1_000_000);
                    }
                    next.requestStop();
                  });
      assertEquals(0, next.run());
      stopping.join();
    }
  }

  @Test
  void refusalsAndFirstConnectionsAreLines() throws Exception {
    agents(
        agent -> {
          if (agent.name.contains("/web/")) {
            agent.say(
                new AgentEvent.Refused("connect", "1.2.3.4:80", "", "no client rule permits it"));
            agent.say(
                new AgentEvent.Opened(
                    new SecuredConnection(
                        1,
                        Direction.OUTBOUND,
                        "CLIENT_1",
                        "9.9.9.9:443",
                        java.util.Optional.empty())));
            agent.say(new AgentEvent.Exited(1));
            agent.end(1);
          }
        });
    run();
    assertSaid("web refused connect 1.2.3.4:80 (default mode): no client rule permits it");
    assertSaid("web → 9.9.9.9:443 connected (rule CLIENT_1)");
    new Printed(output()).hasLine("db | hello from shop/db/sh");
  }
}
