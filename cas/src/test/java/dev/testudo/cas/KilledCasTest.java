package dev.testudo.cas;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.testudo.policy.session.ServiceId;
import dev.testudo.trust.audit.AuditChain;
import dev.testudo.trust.channel.AttestationException;
import dev.testudo.trust.channel.AttestedChannel;
import dev.testudo.trust.channel.CasAddress;
import dev.testudo.trust.channel.CasClient;
import dev.testudo.trust.channel.Configuration;
import dev.testudo.trust.channel.JoinTokenOrder;
import dev.testudo.trust.channel.LeaseClient;
import dev.testudo.trust.channel.PredecessorLine;
import dev.testudo.trust.json.JsonMembers;
import dev.testudo.trust.pki.Identity;
import dev.testudo.trust.pki.KeyHash;
import dev.testudo.trust.secret.Secret;
import java.io.BufferedReader;
import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// CAS as a process of its own that is killed while it works.
class KilledCasTest {
  /// The threads that register and update sessions at the same time, so that they share commits.
  private static final int CALLERS = 3;

  /// The sessions that are checked after each round, of those of all rounds.
  private static final int CHECKED = 60;

  private final Identity owner = Identity.ephemeral("owner");
  private final Map<String, Known> acknowledged = new LinkedHashMap<>();

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

  static final class Running implements AutoCloseable {
    final Process process;
    private final CasAddress address;
    private final KeyHash key;

    private Running(Process process, CasAddress address, KeyHash key) {
      this.process = process;
      this.address = address;
      this.key = key;
    }

    static Running start(Path state) throws IOException {
      return start(state, List.of());
    }

    static Running start(Path state, List<String> more) throws IOException {
      var path =
          System.getProperty("jdk.module.path", "")
              + File.pathSeparator
              + Path.of("target/test-classes").toAbsolutePath()
              + File.pathSeparator
              + System.getProperty("java.class.path", "");
      var command =
          new ArrayList<>(
              List.of(
                  System.getProperty("java.home") + "/bin/java",
                  // What the launcher gives CAS.
                  "-Xmx288m",
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
                  "--exit-with-stdin"));
      command.addAll(more);
      var process =
          new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.DISCARD).start();
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

    LeaseClient leases(Identity me, String ticket) {
      return new LeaseClient(address, key, me, ticket);
    }

    /// Attests with the image and the token that sessions of [TestCas] accept.
    Configuration fetch(Identity me, String service) throws IOException {
      return AttestedChannel.fetch(
          address,
          key,
          me,
          service,
          (report, _) -> TestCas.evidence(TestCas.GOOD_IMAGE, report),
          Optional.of(Secret.ofText(TestCas.TOKEN)));
    }

    @Override
    public void close() {
      process.destroyForcibly().onExit().join();
    }
  }

  /// Returns the options that say where the database is.
  List<String> store() throws IOException {
    return List.of();
  }

  /// Returns how often CAS is killed.
  int rounds() {
    return 4;
  }

  private static String yaml(String name) {
    return """
    name: %s
    version: "0.3.10"
    secrets:
      - {name: p, kind: ascii, export_public: true}
      - {name: k, kind: private-key, migrate: true}
      - {name: c, kind: x509-ca, private_key: k, export_public: true}
    """
        .formatted(name);
  }

  @Test
  @Timeout(3600)
  void whatWasAcknowledgedIsThereAndNothingIsHalfDone() throws Exception {
    var seed = Long.getLong("seed", 3);
    var random = new Random(seed);
    var store = store();
    for (var round = 0; round < rounds(); round++) {
      try (var cas = Running.start(state, store);
          var killer = Executors.newSingleThreadScheduledExecutor();
          var callers = Executors.newFixedThreadPool(CALLERS);
          var client = cas.client(owner)) {
        check(client, Math.max(0, acknowledged.size() - CHECKED));
        var _ =
            killer.schedule(
                () -> cas.process.destroyForcibly(),
                100 + random.nextInt(900),
                TimeUnit.MILLISECONDS);
        var working = new ArrayList<Future<?>>();
        for (var caller = 0; caller < CALLERS; caller++) {
          var names = "s%d-%d".formatted(round, caller);
          working.add(callers.submit(() -> workUntilKilled(cas, names)));
        }
        for (var one : working) {
          one.get();
        }
      }
    }
    try (var cas = Running.start(state, store);
        var client = cas.client(owner)) {
      check(client, 0);
      assertTrue(acknowledged.size() >= rounds(), "seed " + seed);
    }
    var chain = new AuditChain();
    for (var line : Files.readAllLines(state.resolve("audit.jsonl"))) {
      assertEquals(Optional.empty(), chain.add(line.getBytes(StandardCharsets.UTF_8)));
    }
  }

  /// What is known about a session: the newest hash that CAS acknowledged, the text whose
  /// registration was in progress, and its public values as far as they must stay.
  private record Known(String hash, String inProgress, String values) {}

  private void workUntilKilled(Running cas, String names) {
    try (var client = cas.client(owner)) {
      for (var i = 0; ; i++) {
        var name = names + "-" + i;
        var text = yaml(name);
        know(name, new Known("", text, ""));
        var hash = client.createSession(text);
        know(name, new Known(hash, "", ""));
        var values = values(client, name);
        var update = text + "# updated\n";
        know(name, new Known(hash, update, values));
        know(name, new Known(client.updateSession(name, update), "", afterUpdate(values)));
      }
    } catch (IOException e) {
      // CAS was killed. What was in progress may or may not be there, but not a half of it.
    }
  }

  private void know(String name, Known known) {
    synchronized (acknowledged) {
      acknowledged.put(name, known);
    }
  }

  private static String values(CasClient client, String name) throws IOException {
    return client.publicValue(name, "p") + "|" + client.publicValue(name, "c");
  }

  /// Returns the values that an update keeps: it issues the certificate anew.
  private static String afterUpdate(String values) {
    return values.substring(0, values.indexOf('|') + 1);
  }

  private void check(CasClient client, int from) throws IOException {
    for (var entry : List.copyOf(acknowledged.entrySet()).subList(from, acknowledged.size())) {
      var name = entry.getKey();
      var known = entry.getValue();
      if (known.hash().isEmpty()) {
        // Its registration was in progress: it is registered now, or it was already.
        var hash = client.createSession(known.inProgress());
        entry.setValue(new Known(hash, "", values(client, name)));
        continue;
      }
      var active = client.readSession(name);
      var kept = known.values();
      if (!active.hash().equals(known.hash())) {
        kept = afterUpdate(kept);
        assertEquals(
            PredecessorLine.withPredecessor(known.inProgress(), known.hash()), active.yaml());
      }
      var values = values(client, name);
      assertEquals(kept, values.substring(0, kept.length()), name);
      entry.setValue(new Known(active.hash(), "", values));
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
                (report, _) -> TestCas.evidence(TestCas.GOOD_IMAGE, report),
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
    var store = store();
    try (var cas = Running.start(state, store);
        var client = cas.client(owner)) {
      client.createSession(TestCas.joining("a", "x", ""));
      var order = new JoinTokenOrder(1, Duration.ofHours(1));
      for (var i = 0; i < 8; i++) {
        var service = ServiceId.parse("a/s").orElseThrow();
        starting.add(new Starting(client.createJoinToken(service, order).value()));
      }
    }
    try (var cas = Running.start(state, store);
        var pool = Executors.newCachedThreadPool()) {
      var asking = starting.stream().map(s -> pool.submit(() -> s.askUntilKilled(cas))).toList();
      // Deliberately not synchronised: the seed determines the moment at which CAS is killed.
      Thread.sleep(new Random(Long.getLong("seed", 3)).nextInt(400));
      cas.process.destroyForcibly();
      for (var one : asking) {
        one.get();
      }
    }
    try (var cas = Running.start(state, store)) {
      for (var one : starting) {
        var own = one.ask(cas, one.instance).orElseThrow();
        assertTrue(own || one.delivered, "the token was spent and nobody got anything");
        assertFalse(one.ask(cas, AttestedChannel.instance()).orElseThrow(), "a second start");
      }
    }
  }
}
