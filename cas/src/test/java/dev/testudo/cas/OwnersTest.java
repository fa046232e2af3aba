package dev.testudo.cas;

import static dev.testudo.cas.Refusals.refused;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.testudo.cas.ServerOptions.RootNamespace;
import dev.testudo.trust.pki.Identity;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Who owns the root namespace.
class OwnersTest {
  private static final RootNamespace NOBODY = new RootNamespace(Set.of(), false);
  private final Identity owner = Identity.ephemeral("owner");
  private final Identity stranger = Identity.ephemeral("stranger");
  private final RootNamespace owned = new RootNamespace(Set.of(owner.keyHash()), false);

  @TempDir private Path state;

  private static String session(String name) {
    return "name: %s\nversion: 0.3\n".formatted(name);
  }

  @Test
  void withoutAnOwnerCasDoesNotStartAndSaysWhatToDo() {
    var e = assertThrows(OwnersException.class, () -> new TestCas(state, NOBODY));
    assertEquals(OwnersException.Reason.NONE, e.reason());
    assertEquals(
        "CAS has no owner; start it with `--owner KEYHASH` to name a key that may register top-level sessions, or with `--first-come` to let everybody do so",
        e.getMessage());
  }

  @Test
  void onlyAnOwnerCreatesTopLevelSessions() throws IOException {
    try (var cas = new TestCas(state, owned);
        var mine = cas.client(owner);
        var other = cas.client(stranger)) {
      refused("not-permitted", () -> other.createSession(session("shop")));
      refused("not-permitted", () -> other.createSession(session("/")));
      refused("unknown-session", () -> mine.readSession("shop"));
      mine.createSession(session("shop"));
      mine.createSession(session("open") + "access_policy: {create_sessions: [ANY]}\n");
      other.createSession(session("open/mine"));
      var order = new StringBuilder(session("open/rsa") + "secrets:\n");
      for (var i = 0; i < 5; i++) {
        order.append("  - {name: k%d, kind: private-key, key_type: RSA-2048}\n".formatted(i));
      }
      refused("invalid-session", () -> other.createSession(order.toString()));
      refused("not-permitted", () -> other.createSession(session("shop/mine")));
    }
  }

  @Test
  void theOwnersAreKept() throws IOException {
    new TestCas(state, owned).close();
    try (var cas = new TestCas(state, NOBODY);
        var mine = cas.client(owner);
        var other = cas.client(stranger)) {
      refused("not-permitted", () -> other.createSession(session("shop")));
      mine.createSession(session("shop"));
    }
    var others = new RootNamespace(Set.of(stranger.keyHash()), false);
    for (var root : List.of(RootNamespace.FIRST_COME, others)) {
      var e = assertThrows(OwnersException.class, () -> new TestCas(state, root));
      assertEquals(OwnersException.Reason.OTHERS, e.reason());
    }
  }

  @Test
  void theRootSessionCanBeReadAndUpdated() throws IOException {
    try (var cas = new TestCas(state, owned);
        var mine = cas.client(owner);
        var other = cas.client(stranger)) {
      var hash = mine.createSession(session("/"));
      assertEquals(hash, mine.readSession("/").hash());
      refused("not-permitted", () -> other.readSession("/"));
      mine.updateSession("/", session("/") + "access_policy: {create_sessions: [ANY]}\n");
      other.createSession(session("anybodys"));
    }
  }
}
