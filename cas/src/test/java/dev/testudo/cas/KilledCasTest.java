package dev.testudo.cas;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.testudo.policy.session.ServiceId;
import dev.testudo.trust.channel.AttestationException;
import dev.testudo.trust.channel.AttestedChannel;
import dev.testudo.trust.channel.CasAddress;
import dev.testudo.trust.channel.CasClient;
import dev.testudo.trust.channel.JoinTokenOrder;
import dev.testudo.trust.json.JsonMembers;
import dev.testudo.trust.pki.Identity;
import dev.testudo.trust.pki.KeyHash;
import dev.testudo.trust.secret.Secret;
import java.io.BufferedReader;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.File;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// CAS as a process of its own that is killed while it works.
class KilledCasTest {
  private static final int ROUNDS = 4;
  private final Identity owner = Identity.ephemeral("owner");
  private final Map<String, String> acknowledged = new LinkedHashMap<>();
  private final Map<String, String> values = new LinkedHashMap<>();

  @TempDir private Path state;

  /// The program of the child process.
  public static final class Child {
    private Child() {}

    /// Serves until it is killed.
    public static void main(String[] args) {
      System.exit(
          ServeCommand.run(
              List.of(args), System.getenv(), System.in, System.out, System.err, _ -> {}));
    }
  }

  private static final class Running implements AutoCloseable {
    private final Process process;
    private final CasAddress address;
    private final KeyHash key;

    private Running(Process process, CasAddress address, KeyHash key) {
      this.process = process;
      this.address = address;
      this.key = key;
    }

    static Running start(Path state) throws IOException {
      var path =
          System.getProperty("jdk.module.path", "")
              + File.pathSeparator
              + Path.of("target/test-classes").toAbsolutePath()
              + File.pathSeparator
              + System.getProperty("java.class.path", "");
      var process =
          new ProcessBuilder(
                  System.getProperty("java.home") + "/bin/java",
                  "--enable-native-access=ALL-UNNAMED",
                  "-cp",
                  path,
                  Child.class.getName(),
                  "serve",
                  "--state",
                  state.toString(),
                  "--listen",
                  "127.0.0.1:0",
                  "--first-come",
                  "--exit-with-stdin")
              .redirectError(ProcessBuilder.Redirect.DISCARD)
              .start();
      var line = firstLine(process);
      var fields = JsonMembers.read(line.getBytes(StandardCharsets.UTF_8), 10_000, "line");
      return new Running(
          process,
          CasAddress.parse(fields.text("listening")).orElseThrow(),
          KeyHash.parse(fields.text("key_hash")).orElseThrow());
    }

    private static String firstLine(Process process) throws IOException {
      BufferedReader reader = process.inputReader(StandardCharsets.UTF_8);
      return String.valueOf(reader.readLine());
    }

    CasClient client(Identity who) {
      return new CasClient(address, key, who);
    }

    @Override
    public void close() {
      process.destroyForcibly().onExit().join();
    }
  }

  private static String yaml(String name) {
    return """
    name: %s
    version: "0.3.10"
    secrets:
      - {name: p, kind: ascii, export_public: true}
      - {name: k, kind: private-key}
      - {name: c, kind: x509-ca, private_key: k, export_public: true}
    """
        .formatted(name);
  }

  @Test
  @Timeout(900)
  void whatWasAcknowledgedIsThereAndNothingIsHalfDone() throws Exception {
    var seed = Long.getLong("seed", 3);
    var random = new Random(seed);
    for (var round = 0; round < ROUNDS; round++) {
      try (var cas = Running.start(state);
          var killer = Executors.newSingleThreadScheduledExecutor();
          var client = cas.client(owner)) {
        check(client);
        var _ =
            killer.schedule(
                () -> cas.process.destroyForcibly(),
                200 + random.nextInt(900),
                TimeUnit.MILLISECONDS);
        registerUntilKilled(client, round);
      }
    }
    try (var cas = Running.start(state);
        var client = cas.client(owner)) {
      check(client);
      assertTrue(acknowledged.size() >= ROUNDS, "seed " + seed);
    }
  }

  private void registerUntilKilled(CasClient client, int round) {
    for (var i = 0; ; i++) {
      var name = "s%d-%d".formatted(round, i);
      try {
        acknowledged.put(name, client.createSession(yaml(name)));
        values.put(name, client.publicValue(name, "p") + client.publicValue(name, "c"));
      } catch (IOException e) {
        // CAS was killed. The last session may or may not exist; if it does, then with its secrets.
        acknowledged.putIfAbsent(name, "");
        return;
      }
    }
  }

  private void check(CasClient client) throws IOException {
    for (var entry : acknowledged.entrySet()) {
      var name = entry.getKey();
      var hash = client.createSession(yaml(name));
      var value = client.publicValue(name, "p") + client.publicValue(name, "c");
      if (!entry.getValue().isEmpty()) {
        assertEquals(entry.getValue(), hash);
      }
      assertEquals(values.getOrDefault(name, value), value);
      entry.setValue(hash);
      values.put(name, value);
    }
  }

  /// An instance with a token for one start, whose CAS is killed while it attests.
  private static final class Starting {
    private final Identity instance = AttestedChannel.instance();
    private final Secret token;
    private boolean delivered;

    Starting(Secret token) {
      this.token = token;
    }

    /// Returns true if `who` gets the configuration; empty if CAS is gone.
    Optional<Boolean> ask(Running cas, Identity who) {
      try {
        var _ =
            AttestedChannel.fetch(
                cas.address,
                cas.key,
                who,
                "a/s",
                report -> TestCas.evidence(TestCas.GOOD_IMAGE, report),
                Optional.of(token));
        return Optional.of(true);
      } catch (AttestationException e) {
        return Optional.of(false);
      } catch (IOException e) {
        return Optional.empty();
      }
    }

    void askUntilKilled(Running cas) {
      for (var answer = ask(cas, instance); answer.isPresent(); answer = ask(cas, instance)) {
        assertTrue(answer.get(), "an instance that asks again is refused");
        delivered = true;
      }
    }
  }

  @Test
  @Timeout(900)
  void aTokenForOneStartStartsOneInstanceAlsoWhenCasIsKilled() throws Exception {
    var starting = new ArrayList<Starting>();
    try (var cas = Running.start(state);
        var client = cas.client(owner)) {
      client.createSession(TestCas.joining("a", "x", ""));
      var order = new JoinTokenOrder(1, Duration.ofHours(1));
      for (var i = 0; i < 8; i++) {
        var service = ServiceId.parse("a/s").orElseThrow();
        starting.add(new Starting(client.createJoinToken(service, order).value()));
      }
    }
    try (var cas = Running.start(state);
        var pool = Executors.newCachedThreadPool()) {
      var asking = starting.stream().map(s -> pool.submit(() -> s.askUntilKilled(cas))).toList();
      // Deliberately not synchronised: the seed determines the moment at which CAS is killed.
      Thread.sleep(new Random(Long.getLong("seed", 3)).nextInt(400));
      cas.process.destroyForcibly();
      for (var one : asking) {
        one.get();
      }
    }
    try (var cas = Running.start(state)) {
      for (var one : starting) {
        var own = one.ask(cas, one.instance).orElseThrow();
        assertTrue(own || one.delivered, "the token was spent and nobody got anything");
        assertFalse(one.ask(cas, AttestedChannel.instance()).orElseThrow(), "a second start");
      }
    }
  }

  @Test
  @Timeout(300)
  void endsWithItsInput() throws Exception {
    try (var cas = Running.start(state)) {
      cas.process.getOutputStream().close();
      assertTrue(cas.process.waitFor(120, TimeUnit.SECONDS));
      assertEquals(0, cas.process.exitValue());
    }
  }

  @Test
  @Timeout(300)
  void closesWhenTold() throws Exception {
    try (var cas = Running.start(state)) {
      cas.process.destroy();
      assertTrue(cas.process.waitFor(120, TimeUnit.SECONDS));
      assertEquals(143, cas.process.exitValue());
    }
  }

  @Test
  @Timeout(300)
  void aSecondOneOnTheSameStateSaysSo() throws Exception {
    try (var cas = Running.start(state)) {
      assertTrue(cas.process.isAlive());
      var err = new ByteArrayOutputStream();
      var code =
          run(err, "serve", "--state", state.toString(), "--listen", "127.0.0.1:0", "--first-come");
      assertEquals(3, code);
      assertEquals(
          "testudo cas serve: another CAS uses %s%n".formatted(state),
          err.toString(StandardCharsets.UTF_8));
    }
  }

  @Test
  void wrongUseIsExplained() {
    for (var args :
        List.of(
            new String[] {},
            new String[] {"serve"},
            new String[] {"serve", "--state", "x"},
            new String[] {"serve", "--state", "", "--listen", "127.0.0.1:0"},
            new String[] {"serve", "--state", "x", "--listen", "127.0.0.1"},
            new String[] {"serve", "--state", "x", "--listen", "127.0.0.1:99999"},
            new String[] {"serve", "--state", "x", "--state", "y", "--listen", "127.0.0.1:0"},
            new String[] {"serve", "--state", "x", "--listen", "127.0.0.1:0", "--more"},
            new String[] {"serve", "--state", "x", "--listen", "127.0.0.1:0", "--owner"},
            new String[] {"serve", "--state", "x", "--listen", "127.0.0.1:0", "--owner", "me"},
            new String[] {"server", "--state", "x", "--listen", "127.0.0.1:0"})) {
      var err = new ByteArrayOutputStream();
      assertEquals(2, run(err, args));
      var said = err.toString(StandardCharsets.UTF_8);
      assertTrue(said.endsWith(ServeCommand.USAGE_LINES), said);
    }
  }

  private static int run(ByteArrayOutputStream err, String... args) {
    var nothing = new ByteArrayInputStream(new byte[0]);
    var out = new PrintStream(new ByteArrayOutputStream(), true, StandardCharsets.UTF_8);
    return ServeCommand.run(
        List.of(args),
        Map.of(),
        nothing,
        out,
        new PrintStream(err, true, StandardCharsets.UTF_8),
        _ -> {});
  }
}
