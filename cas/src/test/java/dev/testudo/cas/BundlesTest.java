package dev.testudo.cas;

import static dev.testudo.cas.Refusals.refused;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.testudo.policy.session.SessionHash;
import dev.testudo.policy.session.SessionName;
import dev.testudo.trust.approval.Approval;
import dev.testudo.trust.approval.ApprovalMessage;
import dev.testudo.trust.approval.ApprovalStatus;
import dev.testudo.trust.approval.EncryptedBundle;
import dev.testudo.trust.approval.SessionBundle;
import dev.testudo.trust.channel.CasException;
import dev.testudo.trust.channel.PredecessorLine;
import dev.testudo.trust.pki.EncryptionKey;
import dev.testudo.trust.pki.Identity;
import dev.testudo.trust.pki.KeyAlgorithm;
import dev.testudo.trust.pki.KeyHash;
import dev.testudo.trust.pki.PkiException;
import dev.testudo.trust.pki.PublicKeys;
import java.io.IOException;
import java.security.KeyPair;
import java.security.SecureRandom;
import java.security.interfaces.ECPrivateKey;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/// Changes that several people must sign, brought to CAS over TLS.
class BundlesTest extends WithTestCas {
  private static final SecureRandom RANDOM = new SecureRandom();
  private static final Identity STRANGER = Identity.ephemeral("stranger.example");
  private static final KeyPair ALICE = KeyAlgorithm.ED25519.generate(RANDOM);
  private static final KeyPair BOB = KeyAlgorithm.P_384.generate(RANDOM);
  private static final KeyPair CAROL = KeyAlgorithm.ED25519.generate(RANDOM);

  private static String signer(KeyPair key) {
    var pem = PublicKeys.toPem(key.getPublic()).replace("\n", "\\n");
    return "{signer: \"%s\"}".formatted(pem);
  }

  private static String hash(KeyPair key) {
    return KeyHash.of(key.getPublic()).text();
  }

  private static String session(String update) {
    return """
    name: vault
    version: "0.3.10"
    access_policy:
      read: CREATOR
      update: %s
    """
        .formatted(update);
  }

  private static String twoOf(KeyPair... keys) {
    var all = Stream.of(keys).map(BundlesTest::signer).toList();
    return "[{require-at-least-2: [%s]}]".formatted(String.join(", ", all));
  }

  /// Returns an unsigned bundle that replaces revision `predecessor` by `yaml`.
  private SessionBundle bundle(String yaml, Optional<String> predecessor) {
    return bundle(yaml, predecessor, Duration.ofDays(1), cas.owner.keyHash());
  }

  private SessionBundle bundle(
      String yaml, Optional<String> predecessor, Duration validity, KeyHash creator) {
    var text = predecessor.map(h -> PredecessorLine.withPredecessor(yaml, h)).orElse(yaml);
    var name = yaml.lines().findFirst().orElseThrow().substring("name: ".length());
    var message =
        new ApprovalMessage(
            cas.server().keyHash(),
            new SessionName(name),
            predecessor.map(SessionHash::new),
            SessionHash.of(creator.text(), text),
            now().plus(validity));
    return new SessionBundle(message, creator, text, List.of());
  }

  private Instant now() {
    return cas.clock.instant().truncatedTo(ChronoUnit.SECONDS);
  }

  private static SessionBundle signed(SessionBundle bundle, KeyPair... keys) throws PkiException {
    var all = bundle;
    for (var key : keys) {
      all = all.with(Approval.of(key.getPrivate(), key.getPublic(), bundle.message()));
    }
    return all;
  }

  private String register(SessionBundle bundle, Identity who) throws IOException {
    try (var client = cas.client(who)) {
      return client.registerBundle(bundle);
    }
  }

  private ApprovalStatus status(SessionBundle bundle, Identity who) throws IOException {
    try (var client = cas.client(who)) {
      return client.status(bundle);
    }
  }

  private CasException notRegistered(String id, SessionBundle bundle) throws IOException {
    var before = active();
    var e = refused(id, () -> register(bundle, STRANGER));
    assertEquals(before, active(), "the session has changed");
    return e;
  }

  private String active() throws IOException {
    try (var client = cas.client(cas.owner)) {
      return client.readSession("vault").hash();
    }
  }

  @Test
  void anEncryptedBundleCountsAsTheBundleInIt() throws IOException, PkiException {
    var rule = twoOf(ALICE, BOB, CAROL);
    var first = cas.create(session(rule));
    var change = bundle(session(rule) + "secrets: []\n", Optional.of(first));
    try (var stranger = cas.client(STRANGER)) {
      var key = stranger.encryptionKey();
      var unsigned = EncryptedBundle.of(signed(change, ALICE), key);
      refused("not-permitted", () -> stranger.registerEncrypted(unsigned));
      assertEquals(first, active());
      var encrypted = EncryptedBundle.of(signed(change, ALICE, BOB), key);
      assertEquals(change.message().hash().hex(), stranger.registerEncrypted(encrypted));
      assertEquals(change.message().hash().hex(), active());
    }
  }

  @Test
  void aBundleEncryptedToAnotherKeyIsRefused() throws IOException, PkiException {
    var first = cas.create(session(twoOf(ALICE, BOB)));
    var change = bundle(session(twoOf(ALICE, BOB)) + "secrets: []\n", Optional.of(first));
    var other = EncryptionKey.derive((ECPrivateKey) STRANGER.key(), new byte[0]).publicKey();
    var foreign = EncryptedBundle.of(signed(change, ALICE, BOB), other);
    try (var stranger = cas.client(STRANGER)) {
      var e = refused("invalid-bundle", () -> stranger.registerEncrypted(foreign));
      assertEquals(
          "the session is encrypted to key %s, and the key of this CAS is %s"
              .formatted(other, stranger.encryptionKey()),
          e.problem().message());
      var renamed = new EncryptedBundle(stranger.encryptionKey(), foreign.encrypted());
      refused("invalid-bundle", () -> stranger.registerEncrypted(renamed));
    }
    assertEquals(first, active());
  }

  @Test
  void enoughSignaturesChangeASessionWhoeverBringsThem() throws IOException, PkiException {
    var rule = twoOf(ALICE, BOB, CAROL);
    var first = cas.create(session(rule));
    var change = bundle(session(rule) + "secrets: []\n", Optional.of(first));
    notRegistered("not-permitted", change);
    notRegistered("not-permitted", signed(change, ALICE));
    var signed = signed(change, ALICE, BOB);
    assertEquals(change.message().hash().hex(), register(signed, STRANGER));
    assertEquals(change.message().hash().hex(), active());
    var stored = AuditLog.of(state, "session-stored").getLast();
    assertEquals(Stream.of(hash(ALICE), hash(BOB)).sorted().toList(), stored.texts("signers"));
    assertEquals(STRANGER.keyHash().text(), stored.text("caller"));
  }

  @Test
  void anAcceptedBundleIsWorthNothingLater() throws IOException, PkiException {
    var rule = twoOf(ALICE, BOB);
    var first = cas.create(session(rule));
    var opened = signed(bundle(session(rule) + "secrets: []\n", Optional.of(first)), ALICE, BOB);
    var second = register(opened, STRANGER);
    // The same again changes nothing.
    assertEquals(second, register(opened, STRANGER));
    var third =
        register(
            signed(bundle(session(rule) + "images: []\n", Optional.of(second)), ALICE, BOB),
            STRANGER);
    notRegistered("wrong-predecessor", opened);
    assertEquals(third, active());
  }

  @Test
  void nobodyCountsTwice() throws IOException, PkiException {
    var rule =
        "[{require-at-least-2: [%s, %s, {require-at-least-1: [%s, %s]}]}]"
            .formatted(signer(ALICE), signer(ALICE), signer(ALICE), signer(BOB));
    var first = cas.create(session(rule));
    var change = bundle(session(rule) + "secrets: []\n", Optional.of(first));
    var one = Approval.of(ALICE.getPrivate(), ALICE.getPublic(), change.message());
    var twice =
        new SessionBundle(change.message(), change.creator(), change.yaml(), List.of(one, one));
    notRegistered("not-permitted", twice);
    register(signed(change, ALICE, BOB), STRANGER);
  }

  @Test
  void theCallersConsentCountsWithTheSignatures() throws IOException, PkiException {
    var rule = "[{require-all: [CREATOR, %s]}]".formatted(signer(ALICE));
    var first = cas.create(session(rule));
    var change = signed(bundle(session(rule) + "secrets: []\n", Optional.of(first)), ALICE);
    notRegistered("not-permitted", change);
    register(change, cas.owner);
    var stored = AuditLog.of(state, "session-stored").getLast();
    assertEquals(List.of(hash(ALICE)), stored.texts("signers"));
  }

  @Test
  void aKeyHashIsMetByASignatureToo() throws IOException, PkiException {
    var key = KeyAlgorithm.P_256.generate(RANDOM);
    var rule = "[{require-all: [%s, %s]}]".formatted(hash(key), signer(ALICE));
    var first = cas.create(session(rule));
    var change = bundle(session(rule) + "secrets: []\n", Optional.of(first));
    notRegistered("not-permitted", signed(change, ALICE));
    register(signed(change, ALICE, key), STRANGER);
  }

  @Test
  void aBundleIsForOneCasOneCreatorAndATime() throws IOException, PkiException {
    var rule = twoOf(ALICE, BOB);
    var first = Optional.of(cas.create(session(rule)));
    var text = session(rule) + "secrets: []\n";
    var day = Duration.ofDays(1);
    var mine = cas.owner.keyHash();
    notRegistered(
        "invalid-bundle", signed(bundle(text, first, day, STRANGER.keyHash()), ALICE, BOB));
    notRegistered("invalid-bundle", signed(bundle(text, first, Duration.ZERO, mine), ALICE, BOB));
    notRegistered(
        "invalid-bundle", signed(bundle(text, first, Duration.ofDays(400), mine), ALICE, BOB));
    var good = bundle(text, first);
    var m = good.message();
    for (var wrong :
        List.of(
            new ApprovalMessage(
                STRANGER.keyHash(), m.session(), m.predecessor(), m.hash(), m.expires()),
            new ApprovalMessage(
                m.cas(), new SessionName("other"), m.predecessor(), m.hash(), m.expires()),
            new ApprovalMessage(m.cas(), m.session(), Optional.empty(), m.hash(), m.expires()))) {
      notRegistered(
          "invalid-bundle",
          signed(new SessionBundle(wrong, good.creator(), good.yaml(), List.of()), ALICE, BOB));
    }
  }

  @Test
  void signaturesOfAnotherChangeDoNotCount() throws IOException, PkiException {
    var rule = twoOf(ALICE, BOB);
    var first = cas.create(session(rule));
    var shown = signed(bundle(session(rule) + "secrets: []\n", Optional.of(first)), ALICE, BOB);
    var hidden = bundle(session("ANY"), Optional.of(first));
    notRegistered(
        "not-permitted",
        new SessionBundle(hidden.message(), hidden.creator(), hidden.yaml(), shown.approvals()));
  }

  @Test
  void aSessionBelowASignedNamespaceIsCreatedByItsProposerAlone() throws IOException, PkiException {
    cas.create(
        session("NONE").stripTrailing() + "\n  create_sessions: " + twoOf(ALICE, BOB) + "\n");
    var yaml = "name: vault/a\nversion: \"0.3\"\n";
    var made = bundle(yaml, Optional.empty());
    var created = signed(made, ALICE, BOB);
    // Whoever intercepts the bundle does not become the creator.
    refused("invalid-bundle", () -> register(created, STRANGER));
    refused("not-permitted", () -> register(signed(made, ALICE), cas.owner));
    assertEquals(made.message().hash().hex(), register(created, cas.owner));
  }

  @Test
  void aSignedCreatorOwnsTheNewSessionWhoeverBringsIt() throws IOException, PkiException {
    var owner = new KeyPair(cas.owner.certificate().getPublicKey(), cas.owner.key());
    var made = bundle(session("CREATOR"), Optional.empty());
    refused("invalid-bundle", () -> register(made, STRANGER));
    refused("invalid-bundle", () -> register(signed(made, ALICE), STRANGER));
    var signed = signed(made, owner);
    assertEquals(made.message().hash().hex(), register(signed, STRANGER));
    assertEquals(made.message().hash().hex(), active());
    var stored = AuditLog.of(state, "session-stored").getLast();
    assertEquals(List.of(cas.owner.keyHash().text()), stored.texts("signers"));
    assertEquals(STRANGER.keyHash().text(), stored.text("caller"));
    assertEquals(made.message().hash().hex(), register(signed, STRANGER), "again");
    try (var bringer = cas.client(STRANGER)) {
      refused("not-permitted", () -> bringer.readSession("vault"));
    }
  }

  @Test
  void aNewSessionThatItsCreatorHasSignedIsHisWhoeverBringsIt() throws IOException, PkiException {
    cas.create(
        session("NONE").stripTrailing() + "\n  create_sessions: " + twoOf(ALICE, BOB) + "\n");
    var yaml = "name: vault/a\nversion: \"0.3\"\naccess_policy: {read: CREATOR}\n";
    var carol = KeyHash.of(CAROL.getPublic());
    var made = bundle(yaml, Optional.empty(), Duration.ofDays(1), carol);
    refused("invalid-bundle", () -> register(signed(made, ALICE, BOB), STRANGER));
    refused("not-permitted", () -> register(signed(made, ALICE, CAROL), STRANGER));
    assertEquals(made.message().hash().hex(), register(signed(made, ALICE, BOB, CAROL), STRANGER));
    try (var stranger = cas.client(STRANGER)) {
      refused("not-permitted", () -> stranger.readSession("vault/a"));
    }
  }

  @Test
  void whoIsMissingIsToldToReadersAndToThoseWhoAreNamed() throws IOException, PkiException {
    var named = Identity.ephemeral("named.example");
    var rule = "[{require-all: [%s, %s]}]".formatted(signer(ALICE), named.keyHash());
    var first = cas.create(session(rule));
    var change = bundle(session(rule) + "secrets: []\n", Optional.of(first));
    refused("not-permitted", () -> status(change, STRANGER));

    var none = status(change, cas.owner);
    assertEquals(Optional.of("not-permitted"), none.refusal());
    assertEquals(
        List.of(
            "update: 0 of 1 needed",
            "  require-all: 0 of 2 needed",
            "    signer %s: missing".formatted(hash(ALICE)),
            "    key %s: missing".formatted(named.keyHash())),
        none.rule().orElseThrow().lines());

    var one = status(signed(change, ALICE, CAROL), cas.owner);
    assertEquals(
        List.of(
            new ApprovalStatus.Signature(Optional.of(hash(ALICE)), true, true),
            new ApprovalStatus.Signature(Optional.of(hash(CAROL)), true, false)),
        one.signatures());
    assertEquals(1, one.rule().orElseThrow().members().getFirst().agreed());

    assertEquals(Optional.empty(), status(signed(change, ALICE), named).refusal());
    assertEquals(first, active(), "asking has changed the session");
    var refusal = refused("not-permitted", () -> register(change, cas.owner));
    assertEquals(none.rule().orElseThrow().lines(), refusal.problem().problems());
    assertEquals(List.of(), notRegistered("not-permitted", change).problem().problems());
  }

  @Test
  void theStatusSaysWhatVoidsTheBundle() throws IOException, PkiException {
    var rule = "[CREATOR, {require-all: [%s, %s]}]".formatted(signer(ALICE), signer(BOB));
    var first = cas.create(session(rule));
    var change = signed(bundle(session(rule) + "secrets: []\n", Optional.of(first)), ALICE, BOB);
    assertEquals(Optional.empty(), status(change, cas.owner).refusal());
    cas.update("vault", session(rule) + "images: []\n");
    assertEquals(Optional.of("wrong-predecessor"), status(change, cas.owner).refusal());
  }

  @Test
  void oneSignerAloneIsEnoughIfTheRuleSaysSo() throws IOException, PkiException {
    var rule = "[%s]".formatted(signer(BOB));
    var first = cas.create(session(rule));
    refused("not-permitted", () -> cas.update("vault", session(rule) + "secrets: []\n"));
    var change = bundle(session(rule) + "secrets: []\n", Optional.of(first));
    assertTrue(change.verified().isEmpty());
    notRegistered("not-permitted", signed(change, ALICE));
    register(signed(change, BOB), STRANGER);
    assertFalse(active().equals(first));
  }
}
