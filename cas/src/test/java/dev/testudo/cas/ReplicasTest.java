package dev.testudo.cas;

import static dev.testudo.cas.Refusals.refused;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.testudo.cas.audit.AuditEvent;
import dev.testudo.cas.health.Health;
import dev.testudo.cas.quota.Quotas;
import dev.testudo.cas.store.Outcome;
import dev.testudo.cas.store.StateDirectory;
import dev.testudo.cas.store.Store;
import dev.testudo.cas.store.StoreOptions;
import dev.testudo.cas.store.database.StoreException;
import dev.testudo.cas.store.key.KeyFile;
import dev.testudo.cas.store.postgresql.PostgresCluster;
import dev.testudo.cas.store.postgresql.PostgresUrl;
import dev.testudo.policy.session.ServiceId;
import dev.testudo.trust.audit.AuditChain;
import dev.testudo.trust.channel.AttestationException;
import dev.testudo.trust.channel.AttestedChannel;
import dev.testudo.trust.channel.CasException;
import dev.testudo.trust.channel.JoinTokenOrder;
import dev.testudo.trust.channel.LeaseClient.Advanced;
import dev.testudo.trust.channel.LeaseClient.Claimed;
import dev.testudo.trust.channel.StoredTag;
import dev.testudo.trust.pki.Identity;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Two CAS over one database are one CAS.
class ReplicasTest {
  @TempDir private Path work;
  private PostgresUrl database;
  private TestCas one;
  private TestCas other;

  @BeforeEach
  void start() throws IOException {
    database = PostgresCluster.shared().schema();
    var key = new byte[32];
    new SecureRandom().nextBytes(key);
    Files.setPosixFilePermissions(
        Files.write(work.resolve("key"), key), PosixFilePermissions.fromString("rw-------"));
    one = new TestCas(state("one"));
    other = new TestCas(state("other"));
  }

  private ServerOptions.State state(String name) {
    return new ServerOptions.State(
        work.resolve(name),
        new ServerOptions.KeyOption.InFile(work.resolve("key")),
        Optional.of(new ServerOptions.DatabaseServer(database.url(), password(database))),
        Optional.empty());
  }

  private static Optional<ServerOptions.PasswordOption> password(PostgresUrl database) {
    return database.password().map(file -> new ServerOptions.PasswordOption.InFile(file.path()));
  }

  @AfterEach
  void stop() throws IOException {
    one.close();
    other.close();
  }

  private static String secrets(String name) {
    return """
    name: %s
    version: "0.3.10"
    secrets:
      - {name: p, kind: ascii, export_public: true}
    """
        .formatted(name);
  }

  /// Runs all at the same time and returns the results, or the exceptions.
  private static List<Object> together(List<Callable<?>> work) throws InterruptedException {
    try (var threads = Executors.newFixedThreadPool(work.size())) {
      var results = new ArrayList<Object>();
      for (var future :
          threads.invokeAll(work.stream().<Callable<Object>>map(one -> one::call).toList())) {
        try {
          results.add(future.get());
        } catch (ExecutionException e) {
          results.add(e.getCause());
        }
      }
      return results;
    }
  }

  @Test
  void theyHaveOneIdentityAndSeeEachOthersSessions() throws IOException {
    assertEquals(one.server().keyHash(), other.server().keyHash());
    for (var i = 0; i < 3; i++) {
      var name = "s" + i;
      var hash = create(one, secrets(name));
      var value = one.publicValue(name, "p");
      assertEquals(value, other.publicValue(name, "p"));
      assertEquals(hash, create(other, secrets(name)), "the same session again");
    }
  }

  @Test
  void aSecretIsMadeOnceAlsoIfBothMakeIt() throws Exception {
    for (var i = 0; i < 8; i++) {
      var name = "s" + i;
      var outcomes =
          together(List.of(() -> create(one, secrets(name)), () -> create(other, secrets(name))));
      assertTrue(outcomes.stream().anyMatch(String.class::isInstance), outcomes::toString);
      assertEquals(one.publicValue(name, "p"), other.publicValue(name, "p"));
    }
  }

  @Test
  void ofTwoUpdatesWithOnePredecessorOneWins() throws Exception {
    for (var i = 0; i < 8; i++) {
      var name = "s" + i;
      var hash = one.create(secrets(name));
      var outcomes =
          together(
              List.of(
                  () -> update(one, name, hash, "# one\n"),
                  () -> update(other, name, hash, "# other\n")));
      assertEquals(
          1, outcomes.stream().filter(String.class::isInstance).count(), outcomes::toString);
      for (var outcome : outcomes) {
        if (outcome instanceof CasException e) {
          assertEquals("wrong-predecessor", e.problem().id());
        }
      }
    }
  }

  private String update(TestCas cas, String name, String predecessor, String more)
      throws IOException {
    return create(cas, secrets(name) + "predecessor: %s\n".formatted(predecessor) + more);
  }

  /// Registers a session as the same caller, at either CAS.
  private String create(TestCas cas, String yaml) throws IOException {
    try (var client = cas.client(one.owner)) {
      return client.createSession(yaml);
    }
  }

  @Test
  void ofTwoMountsThatClaimAtBothOneInitialisesTheVolume() throws Exception {
    for (var i = 0; i < 8; i++) {
      var name = "v" + i;
      one.create(LeasesTest.session(name, "", ""));
      try (var here = new VolumeAgent(one, name + "/s");
          var there = new VolumeAgent(other, name + "/s")) {
        var outcomes =
            together(List.of(() -> here.claim(name + ":data"), () -> there.claim(name + ":data")));
        assertEquals(
            1,
            outcomes.stream().filter(Claimed.Granted.class::isInstance).count(),
            outcomes::toString);
        assertEquals(
            1,
            outcomes.stream().filter(Claimed.Held.class::isInstance).count(),
            outcomes::toString);
      }
    }
  }

  @Test
  void aLeaseHoldsAtBothAndWhatIsStoredThereIsSeenHere() throws Exception {
    one.create(LeasesTest.session("a", "", ""));
    var me = AttestedChannel.instance();
    var ticket = VolumeAgent.attested(one, "a/s", me);
    var pin = one.server().keyHash();
    try (var here = new VolumeAgent(one.address(), pin, me, ticket);
        var there = new VolumeAgent(other.address(), pin, me, ticket);
        var next = new VolumeAgent(one, "a/s")) {
      var lease = here.granted("a:data").lease();
      var from = Optional.<StoredTag>empty();
      for (var i = 1; i <= 10; i++) {
        var at = i % 2 == 0 ? here : there;
        assertEquals(new Advanced.Stored(), at.advance(lease, from, VolumeAgent.state(i)));
        from = Optional.of(VolumeAgent.state(i));
      }
      there.release(lease);
      assertEquals(from, next.granted("a:data").position());
    }
  }

  @Test
  void aTokenForOneStartStartsOneProgramOnBoth() throws Exception {
    one.create(TestCas.joining("a", "x", ""));
    var service = ServiceId.parse("a/s").orElseThrow();
    try (var client = one.client(one.owner)) {
      for (var i = 0; i < 4; i++) {
        var token = client.createJoinToken(service, new JoinTokenOrder(1, Duration.ofHours(1)));
        var asking = new ArrayList<Callable<?>>();
        for (var cas : List.of(one, other, one, other)) {
          asking.add(
              () ->
                  cas.fetch(
                      AttestedChannel.instance(),
                      "a/s",
                      report -> TestCas.evidence(TestCas.GOOD_IMAGE, report),
                      Optional.of(token.value())));
        }
        var outcomes = together(asking);
        assertEquals(
            3,
            outcomes.stream().filter(AttestationException.class::isInstance).count(),
            outcomes::toString);
      }
    }
  }

  @Test
  void theLogIsOneChainAndEachCopyHasAllOfIt() throws Exception {
    for (var i = 0; i < 4; i++) {
      (i % 2 == 0 ? one : other).create(secrets("s" + i));
    }
    other.close();
    one.close();
    var lines = Files.readAllLines(work.resolve("one/audit.jsonl"));
    var chain = new AuditChain();
    for (var line : lines) {
      assertEquals(Optional.empty(), chain.add(line.getBytes(StandardCharsets.UTF_8)));
    }
    var copied = Files.readAllLines(work.resolve("other/audit.jsonl"));
    assertTrue(copied.size() >= 6, copied::toString);
    assertEquals(lines.subList(0, copied.size()), copied);
    assertEquals(new HashSet<>(lines).size(), lines.size());
    one = new TestCas(state("one"));
    other = new TestCas(state("other"));
    assertEquals(one.publicValue("s0", "p"), other.publicValue("s0", "p"));
  }

  @Test
  void theCopyOfOneThatOpenedAnEmptyLogBeginsWithTheLinesOfTheOther() throws IOException {
    var empty = PostgresCluster.shared().dialect();
    var key = work.resolve("key");
    var options =
        new StoreOptions(
            new SecureRandom(), Instant::now, 1 << 20, false, empty, _ -> KeyFile.given(key));
    for (var start = 0; start < 2; start++) {
      try (var here = StateDirectory.open(work.resolve("here"));
          var there = StateDirectory.open(work.resolve("there"));
          var first = Store.open(here, options, new Health());
          var second = Store.open(there, options, new Health())) {
        for (var store : List.of(first, second)) {
          var event = new AuditEvent.Stopped("test");
          store.transact(Optional.empty(), _ -> Outcome.of(true, event));
        }
      }
    }
    assertEquals(
        Files.readAllLines(work.resolve("here/audit.jsonl")),
        Files.readAllLines(work.resolve("there/audit.jsonl")));
  }

  @Test
  void aCopyThatWasShortenedIsNoticedByItsCas() throws IOException {
    other.create(secrets("s"));
    other.close();
    var copy = work.resolve("other/audit.jsonl");
    Files.write(copy, Files.readAllLines(copy).subList(0, 1));
    var e = assertThrows(StoreException.class, () -> new TestCas(state("other")));
    assertEquals(StoreException.Reason.SHORTENED_COPY, e.reason());
    one.create(secrets("t"));
    other = one;
  }

  @Test
  void anOlderDatabaseIsRefusedByARunningCasAndAtTheNextStart() throws IOException, SQLException {
    one.create(secrets("s"));
    var tables =
        List.of("audit", "head", "session", "secret", "secret_use", "setting", "session_change");
    for (var table : tables) {
      PostgresCluster.change(
          database, "CREATE TABLE old_%s AS SELECT * FROM %s".formatted(table, table));
    }
    one.create(secrets("lost"));
    other.publicValue("lost", "p");
    PostgresCluster.change(
        database, "TRUNCATE session, secret, secret_use, setting, head, audit, session_change");
    for (var table : List.of("setting", "session", "secret", "secret_use", "audit", "head")) {
      PostgresCluster.change(
          database, "INSERT INTO %s SELECT * FROM old_%s".formatted(table, table));
    }
    try (var client = one.client(one.owner)) {
      refused("internal-error", () -> client.createSession(secrets("t")));
      assertFalse(client.healthy());
    }
    assertThrows(IOException.class, one::close);
    assertThrows(IOException.class, other::close);
    var e = assertThrows(StoreException.class, () -> new TestCas(state("one")));
    assertEquals(StoreException.Reason.OLDER_DATABASE, e.reason());
  }

  @Test
  void rowsThatSomebodyElseChangedAreNoticedAtTheStart() throws IOException, SQLException {
    one.create(secrets("a"));
    one.create(secrets("b"));
    one.close();
    other.close();
    var changes =
        List.of(
            "UPDATE secret SET sealed = (SELECT sealed FROM secret WHERE session = 'b')"
                + " WHERE session = 'a'",
            "DELETE FROM secret_use WHERE session = 'b'",
            "UPDATE session SET hash = 'x' WHERE name = 'a'");
    for (var change : changes) {
      PostgresCluster.change(database, change);
      var e = assertThrows(StoreException.class, () -> new TestCas(state("one")));
      assertEquals(StoreException.Reason.CHANGED_ROWS, e.reason());
    }
  }

  @Test
  void aCasWithAnotherKeyDoesNotStart() throws IOException {
    var wrong =
        new ServerOptions.State(
            work.resolve("third"),
            new ServerOptions.KeyOption.Generated(),
            state("x").database(),
            Optional.empty());
    var e = assertThrows(StoreException.class, () -> new TestCas(wrong));
    assertEquals(StoreException.Reason.NO_KEY, e.reason());
    Files.delete(work.resolve("key"));
    var key = new byte[32];
    Files.setPosixFilePermissions(
        Files.write(work.resolve("key"), key), PosixFilePermissions.fromString("rw-------"));
    e = assertThrows(StoreException.class, () -> new TestCas(state("third")));
    assertEquals(StoreException.Reason.WRONG_KEY, e.reason());
  }

  @Test
  void aCasOfANewerFormatIsNotTouched() throws IOException, SQLException {
    one.close();
    PostgresCluster.change(database, "UPDATE store_format SET format = 99");
    assertThrows(StoreException.class, () -> new TestCas(state("one")));
  }

  @Test
  void whatBothStoreCountsTowardsOneQuota() throws IOException {
    one.create(secrets("a"));
    other.close();
    var quotas = Quotas.USUAL.with("key=2,100").orElseThrow();
    other = new TestCas(state("other"), quotas);
    var stranger = Identity.ephemeral("stranger");
    try (var there = other.client(stranger);
        var here = one.client(stranger)) {
      there.createSession(secrets("x"));
      here.createSession(secrets("y"));
      refused("quota-exceeded", () -> there.createSession(secrets("z")));
    }
  }
}
