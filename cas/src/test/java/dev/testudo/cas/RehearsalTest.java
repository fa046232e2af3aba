package dev.testudo.cas;

import static dev.testudo.cas.Refusals.refused;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;

import dev.testudo.trust.approval.SessionDiff;
import dev.testudo.trust.channel.PredecessorLine;
import dev.testudo.trust.pki.Identity;
import java.io.IOException;
import java.nio.file.Files;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/// What CAS says that an update would change, against what it then changes.
class RehearsalTest extends WithTestCas {
  private static final Identity READER = Identity.ephemeral("reader.example");
  private static final Identity STRANGER = Identity.ephemeral("stranger.example");
  private static final String SECRETS =
      """
      secrets:
        - {name: kept, kind: ascii, size: 20}
        - {name: longer, kind: ascii, size: 20, export_public: true}
        - {name: gone, kind: binary}
        - {name: given, kind: ascii, value: hunter2}
        - {name: same, kind: ascii, value: same}
        - {name: stays, kind: private-key, migrate: true}
        - {name: goes, kind: private-key}
        - {name: ca, kind: x509-ca, private_key: stays}
        - {name: leaf, kind: x509, private_key: goes, issuer: ca, dns: a.example}
      """;

  private static String session(String secrets) {
    return """
    name: app
    version: "0.3.10"
    access_policy: {read: [CREATOR, %s], update: CREATOR}
    %s"""
        .formatted(READER.keyHash(), secrets);
  }

  private SessionDiff diff(String yaml, Identity who) throws IOException {
    try (var client = cas.client(who)) {
      return client.diff(yaml);
    }
  }

  private static Map<String, String> fates(SessionDiff difference) {
    return difference.secrets().stream()
        .collect(Collectors.toMap(SessionDiff.Fate::name, SessionDiff.Fate::fate));
  }

  private String changed(String hash) {
    return PredecessorLine.withPredecessor(
        session(
            SECRETS
                    .replace("longer, kind: ascii, size: 20", "longer, kind: ascii, size: 30")
                    .replace(
                        "  - {name: gone, kind: binary}\n", "  - {name: fresh, kind: binary}\n")
                    .replace("hunter2", "hunter3")
                + "services: [{name: s, command: [prog], attestation: [{mrenclave: %s}]}]\n"
                    .formatted(TestCas.GOOD.hex())
                + TestCas.TOLERANT),
        hash);
  }

  @Test
  void theAnswerIsWhatThenHappensAndNothingHappensBefore() throws IOException {
    var hash = cas.create(session(SECRETS));
    var longer = cas.publicValue("app", "longer");
    var log = Files.readAllLines(state.resolve("audit.jsonl"));

    var difference = diff(changed(hash), cas.owner);
    assertEquals(
        Map.of(
            "kept", "kept",
            "longer", "re-made",
            "gone", "removed",
            "fresh", "new",
            "given", "changed",
            "same", "unchanged",
            "stays", "kept",
            "goes", "re-made",
            "ca", "re-made",
            "leaf", "re-made"),
        fates(difference));
    assertEquals(
        List.of(
            new SessionDiff.Change("secrets[longer].size", "changed"),
            new SessionDiff.Change("secrets[fresh]", "added"),
            new SessionDiff.Change("secrets[given].value", "changed"),
            new SessionDiff.Change("secrets[gone]", "removed"),
            new SessionDiff.Change("services", "added"),
            new SessionDiff.Change("security", "added")),
        difference.changes());
    assertEquals(
        new SessionDiff.Summary("app", Optional.of(hash), Optional.empty(), Optional.empty()),
        difference.summary());

    assertEquals(longer, cas.publicValue("app", "longer"));
    try (var client = cas.client(cas.owner)) {
      assertEquals(hash, client.readSession("app").hash());
    }
    var since =
        AuditLog.of(state).stream().skip(log.size()).map(RehearsalTest::event).distinct().toList();
    assertEquals(List.of("values-read", "session-read"), since);
    cas.create(changed(hash));
    assertNotEquals(longer, cas.publicValue("app", "longer"));
    cas.restart();
  }

  @Test
  void theActiveTextChangesNothing() throws IOException {
    var hash = cas.create(session(SECRETS));
    for (var who : List.of(cas.owner, READER)) {
      var difference = diff(PredecessorLine.withPredecessor(session(SECRETS), hash), who);
      assertEquals(List.of(), difference.changes());
      assertEquals(
          Set.of("kept", "unchanged"), Set.copyOf(fates(difference).values()), who.toString());
    }
  }

  private static String event(dev.testudo.trust.json.JsonMembers line) {
    try {
      return line.text("event");
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  @Test
  void whoLosesAccessIsNamed() throws IOException {
    var hash = cas.create(session(""));
    var yaml =
        """
        name: app
        version: "0.3.10"
        predecessor: %s
        access_policy: {read: CREATOR, update: ANY}
        """
            .formatted(hash);
    var owner = cas.owner.keyHash().text();
    var reader = READER.keyHash().text();
    assertEquals(
        List.of(
            new SessionDiff.Access("read", List.of(), List.of(reader)),
            new SessionDiff.Access("update", List.of("ANY"), List.of(owner)),
            new SessionDiff.Access("create_sessions", List.of("ANY"), List.of(owner)),
            new SessionDiff.Access("list_sessions", List.of(), List.of(reader))),
        diff(yaml, cas.owner).access());
  }

  @Test
  void aReaderSeesWhatAnotherWouldChangeAndAStrangerNothing() throws IOException {
    var hash = cas.create(session(SECRETS));
    var seen = diff(changed(hash), READER);
    assertEquals(Optional.of("not-permitted"), seen.summary().refusal());
    assertEquals("re-made", fates(seen).get("longer"));
    assertEquals(List.of("CREATOR"), entries(seen));
    refused("not-permitted", () -> diff(changed(hash), STRANGER));
    refused("invalid-session", () -> diff("name: app\n", cas.owner));
    assertEquals(
        Optional.of("wrong-predecessor"),
        diff(changed("0".repeat(64)), cas.owner).summary().refusal());
  }

  private static List<String> entries(SessionDiff difference) {
    return difference.rule().orElseThrow().members().stream().map(m -> m.entry()).toList();
  }

  @Test
  void aNewSessionIsRehearsedForThoseWhoMayCreateIt() throws IOException {
    cas.create("name: app\nversion: \"0.3\"\n");
    var yaml = "name: app/a\nversion: \"0.3\"\nsecrets: [{name: k, kind: private-key}]\n";
    assertEquals(Map.of("k", "new"), fates(diff(yaml, cas.owner)));
    refused("not-permitted", () -> diff(yaml, STRANGER));
    try (var client = cas.client(cas.owner)) {
      refused("unknown-session", () -> client.readSession("app/a"));
    }
  }

  @Test
  void sessionsAreListedForThoseWhomTheNamespaceAdmits() throws IOException {
    cas.create(
        """
        name: app
        version: "0.3.12"
        access_policy: {read: CREATOR, list_sessions: [%s]}
        """
            .formatted(READER.keyHash()));
    for (var name : List.of("app/b", "app/a", "app/a/deep")) {
      cas.create("name: %s\nversion: \"0.3\"\n".formatted(name));
    }
    try (var owner = cas.client(cas.owner);
        var reader = cas.client(READER);
        var stranger = cas.client(STRANGER)) {
      assertEquals(List.of("app/a", "app/b"), reader.listSessions("app"));
      assertEquals(List.of("app/a", "app/b"), owner.listSessions("app"));
      assertEquals(List.of("app/a/deep"), owner.listSessions("app/a"));
      assertEquals(List.of("app"), owner.listSessions("/"));
      refused("not-permitted", () -> stranger.listSessions("app"));
      refused("not-permitted", () -> reader.listSessions("app/a"));
      refused("unknown-session", () -> owner.listSessions("nowhere"));
    }
  }

  @Test
  void aRefusalSaysToReadersWhoMayAndToListersWhatIsSpelledSimilarly() throws IOException {
    cas.create(session(""));
    var owner = cas.owner.keyHash().text();
    try (var reader = cas.client(READER);
        var mine = cas.client(cas.owner);
        var stranger = cas.client(STRANGER)) {
      var update = refused("not-permitted", () -> reader.createSession(session("images: []\n")));
      assertEquals(
          List.of("update: 0 of 1 needed", "  CREATOR %s: missing".formatted(owner)),
          update.problem().problems());
      var other = refused("not-permitted", () -> stranger.createSession(session("images: []\n")));
      assertEquals(List.of(), other.problem().problems());

      mine.createSession("name: app/backend\nversion: \"0.3\"\n");
      var near = refused("unknown-session", () -> mine.readSession("app/backnd"));
      assertEquals(
          "there is no session `app/backnd`; did you mean `app/backend`?",
          near.problem().message());
      var far = refused("unknown-session", () -> stranger.readSession("app/backnd"));
      assertEquals("there is no session `app/backnd`", far.problem().message());
    }
  }
}
