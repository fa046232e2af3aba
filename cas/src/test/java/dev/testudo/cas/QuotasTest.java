package dev.testudo.cas;

import static dev.testudo.cas.Refusals.refused;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;

import dev.testudo.cas.ServerOptions.RootNamespace;
import dev.testudo.cas.quota.Quotas;
import dev.testudo.policy.session.ServiceId;
import dev.testudo.trust.channel.CasException;
import dev.testudo.trust.channel.JoinTokenOrder;
import dev.testudo.trust.pki.Identity;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Limits on how much CAS keeps, by kind of creator.
class QuotasTest {
  private static final int LARGE = 300_000;
  private final Identity owner = Identity.ephemeral("owner");
  private final Identity guest = Identity.ephemeral("guest");
  private final RootNamespace owned = new RootNamespace(Set.of(owner.keyHash()), false);

  @TempDir private Path state;

  private static Quotas quotas(String... changes) {
    var quotas = Quotas.USUAL;
    for (var change : changes) {
      quotas = quotas.with(change).orElseThrow();
    }
    return quotas;
  }

  private static String session(String name) {
    return "name: %s\nversion: 0.3\n".formatted(name);
  }

  private static String open(String name) {
    return session(name) + "access_policy: {create_sessions: [ANY]}\n";
  }

  private static String large(String name, char what) {
    return session(name) + "# " + String.valueOf(what).repeat(LARGE) + "\n";
  }

  @Test
  void aKeyHasItsNumberOfSessionsAlsoAfterARestartAndAnOwnerMore() throws IOException {
    try (var cas = new TestCas(state, owned, quotas("key=2,100", "owner=4,100"))) {
      try (var mine = cas.client(owner);
          var other = cas.client(guest)) {
        mine.createSession(
            session("team")
                + "access_policy: {create_sessions: [%s]}\n".formatted(guest.keyHash()));
        other.createSession(session("team/a"));
        other.createSession(session("team/b"));
        var e = refused("quota-exceeded", () -> other.createSession(session("team/c")));
        assertEquals(507, e.status());
        assertEquals(
            "key %s has 2 of 2 sessions; delete sessions with `testudo session delete`, or have CAS started with a larger `--quota key=SESSIONS,MIB`"
                .formatted(guest.keyHash()),
            e.problem().text());
        refused("unknown-session", () -> mine.readSession("team/c"));
      }
      cas.restart();
      try (var mine = cas.client(owner);
          var other = cas.client(guest)) {
        refused("quota-exceeded", () -> other.createSession(session("team/c")));
        other.updateSession("team/a", session("team/a") + "# another revision\n");
        mine.createSession(session("c"));
        mine.createSession(session("d"));
        mine.createSession(session("e"));
        refused("quota-exceeded", () -> mine.createSession(session("f")));
      }
    }
  }

  @Test
  void everyKeptRevisionCounts() throws IOException {
    try (var cas = new TestCas(state, RootNamespace.FIRST_COME, quotas("key=9,1"));
        var client = cas.client(guest)) {
      client.createSession(large("a", 'a'));
      client.updateSession("a", large("a", 'b'));
      var kept = client.updateSession("a", large("a", 'c'));
      refused("quota-exceeded", () -> client.updateSession("a", large("a", 'd')));
      refused("quota-exceeded", () -> client.createSession(large("b", 'd')));
      assertEquals(kept, client.readSession("a").hash());
      cas.restart();
      try (var again = cas.client(guest)) {
        refused("quota-exceeded", () -> again.updateSession("a", large("a", 'd')));
        again.updateSession("a", session("a"));
      }
    }
  }

  @Test
  void generatedSecretsAndJoinTokensCount() throws IOException {
    try (var cas = new TestCas(state, RootNamespace.FIRST_COME, quotas("key=9,1"));
        var client = cas.client(guest)) {
      var secrets = new StringBuilder("secrets:\n");
      for (var i = 0; i < 9; i++) {
        secrets.append("  - {name: s%d, kind: binary, size: 65536}\n".formatted(i));
      }
      client.createSession(TestCas.joining("a", "x", secrets.toString()));
      refused("quota-exceeded", () -> client.createSession(session("b") + secrets));
      refused("unknown-session", () -> client.readSession("b"));
      client.updateSession(
          "a", TestCas.joining("a", "x", secrets + "# " + "x".repeat(256_000) + "\n"));
      var service = ServiceId.parse("a/s").orElseThrow();
      refused(
          "quota-exceeded",
          () -> {
            for (var i = 0; i < 32; i++) {
              client.createJoinToken(service, new JoinTokenOrder(1, Duration.ofDays(1)));
            }
          });
    }
  }

  @Test
  void whereAnybodyMayCreateSessionsEachHasFewAndAllTogetherHaveSome() throws IOException {
    try (var cas = new TestCas(state, owned, quotas("stranger=2,9", "strangers=3,9"));
        var mine = cas.client(owner);
        var first = cas.client(guest);
        var second = cas.client(Identity.ephemeral("second"));
        var third = cas.client(Identity.ephemeral("third"))) {
      mine.createSession(open("open"));
      mine.createSession(open("openly"));
      first.createSession(open("open/a"));
      first.createSession(session("open/a/nested"));
      refused("quota-exceeded", () -> first.createSession(session("open/b")));
      refused("quota-exceeded", () -> first.createSession(session("open/a/more")));
      second.createSession(session("open/a/c"));
      var e = refused("quota-exceeded", () -> third.createSession(session("open/d")));
      assertEquals(
          "below `open`, which is open to anybody, all keys together have 3 of 3 sessions; delete sessions with `testudo session delete`, or have CAS started with a larger `--quota strangers=SESSIONS,MIB`",
          e.problem().text());
      refused("quota-exceeded", () -> third.createSession(session("open/a/d")));
      third.createSession(session("openly/d"));
      mine.createSession(session("open/mine"));
    }
  }

  @Test
  void requestsAtTheSameTimeGetNoMoreThanTheQuota() throws Exception {
    try (var cas = new TestCas(state, RootNamespace.FIRST_COME, quotas("key=5,9"));
        var client = cas.client(guest);
        var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      var orders = new ArrayList<Callable<String>>();
      for (var i = 0; i < 12; i++) {
        var name = "s" + i;
        orders.add(() -> client.createSession(session(name)));
      }
      var taken = 0;
      for (Future<String> order : threads.invokeAll(orders)) {
        try {
          order.get();
          taken++;
        } catch (ExecutionException e) {
          var refusal = assertInstanceOf(CasException.class, e.getCause());
          assertEquals("quota-exceeded", refusal.problem().id());
        }
      }
      assertEquals(5, taken);
    }
  }
}
