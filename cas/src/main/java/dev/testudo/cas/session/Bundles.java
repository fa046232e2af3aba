package dev.testudo.cas.session;

import dev.testudo.cas.access.Consenting;
import dev.testudo.cas.access.Rights;
import dev.testudo.cas.access.Rights.Right;
import dev.testudo.cas.audit.AuditEvent;
import dev.testudo.cas.caller.Caller;
import dev.testudo.cas.catalog.Catalog;
import dev.testudo.cas.catalog.Registered;
import dev.testudo.cas.refusal.RefusalId;
import dev.testudo.cas.refusal.Refused;
import dev.testudo.cas.store.Store;
import dev.testudo.cas.store.Transaction;
import dev.testudo.policy.session.SessionName;
import dev.testudo.trust.approval.Approval;
import dev.testudo.trust.approval.ApprovalStatus;
import dev.testudo.trust.approval.EncryptedBundle;
import dev.testudo.trust.approval.Requirement;
import dev.testudo.trust.approval.SessionBundle;
import dev.testudo.trust.json.MessageException;
import dev.testudo.trust.pki.EncryptionKey;
import dev.testudo.trust.pki.EncryptionPublicKey;
import dev.testudo.trust.pki.KeyHash;
import java.io.IOException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;

/// Registers changes that several people have signed, and says who has signed and who is missing.
public final class Bundles {
  /// The longest text in a bundle, in bytes.
  private static final int TEXT_LIMIT = Sessions.TEXT_LIMIT;

  private static final Duration MOST_VALID = Duration.ofDays(366);

  private final Store store;
  private final Catalog catalog;
  private final Rights rights;
  private final Sessions sessions;
  private final InstantSource clock;
  private final EncryptionKey encryption;

  /// Creates the service on top of `sessions`.
  public Bundles(
      Store store, Catalog catalog, Rights rights, Sessions sessions, InstantSource clock) {
    this.encryption = EncryptedBundle.keyOf(store.identity());
    this.store = store;
    this.catalog = catalog;
    this.rights = rights;
    this.sessions = sessions;
    this.clock = clock;
  }

  /// Registers the session of a bundle. Anybody may bring it: what counts is who has signed, and
  /// the caller's own key.
  public Sessions.Stored register(byte[] body, Caller caller) throws Refused, IOException {
    return register(body, caller, Bundles::decode);
  }

  /// Registers the session of a bundle that is encrypted to the key of this CAS. Encryption keeps
  /// the text secret, and nothing else: the signatures decide as in a bundle in clear.
  public Sessions.Stored registerEncrypted(byte[] body, Caller caller) throws Refused, IOException {
    return register(body, caller, this::decrypt);
  }

  /// Returns the key to which bundles for this CAS are encrypted.
  public EncryptionPublicKey encryptionKey() {
    return encryption.publicKey();
  }

  /// How a bundle is read.
  @FunctionalInterface
  private interface Reading {
    SessionBundle of(byte[] body) throws Refused;
  }

  private Sessions.Stored register(byte[] body, Caller caller, Reading reading)
      throws Refused, IOException {
    caller.requireKey();
    var subject = "";
    try {
      var bundle = reading.of(body);
      subject = bundle.message().session().value();
      return sessions.register(submission(bundle, caller));
    } catch (Refused e) {
      store.note(caller, AuditEvent.Refused.of("store-session", subject, e));
      throw e;
    }
  }

  /// Returns who has signed a bundle, who is missing, and whether CAS would accept it from this
  /// caller.
  public ApprovalStatus status(byte[] body, Caller caller) throws Refused, IOException {
    caller.requireKey();
    var subject = "";
    try {
      var bundle = decode(body);
      subject = bundle.message().session().value();
      var submission = submission(bundle, caller);
      return store.read(transaction -> status(transaction, bundle, submission));
    } catch (Refused e) {
      store.note(caller, AuditEvent.Refused.of("bundle-status", subject, e));
      throw e;
    }
  }

  private static SessionBundle decode(byte[] body) throws Refused {
    try {
      return SessionBundle.decode(body);
    } catch (MessageException e) {
      throw new Refused(RefusalId.INVALID_BUNDLE, String.valueOf(e.getMessage()));
    }
  }

  private SessionBundle decrypt(byte[] body) throws Refused {
    try {
      return EncryptedBundle.decode(body).decrypt(encryption);
    } catch (MessageException e) {
      throw new Refused(RefusalId.INVALID_BUNDLE, String.valueOf(e.getMessage()));
    }
  }

  /// Checks that the bundle is meant for this CAS and for now, and that the signed message is about
  /// the text in it.
  private Submission submission(SessionBundle bundle, Caller caller) throws Refused {
    var message = bundle.message();
    var own = store.identity().keyHash();
    if (!message.cas().equals(own)) {
      throw new Refused(
          RefusalId.INVALID_BUNDLE,
          "the bundle is for the CAS with key %s, this one has %s".formatted(message.cas(), own));
    }
    var now = clock.instant();
    if (!now.isBefore(message.expires())) {
      throw new Refused(
          RefusalId.INVALID_BUNDLE, "the bundle expired at %s".formatted(message.expires()));
    }
    if (message.expires().isAfter(now.plus(MOST_VALID))) {
      throw new Refused(
          RefusalId.INVALID_BUNDLE,
          "a bundle is valid for at most %d days".formatted(MOST_VALID.toDays()));
    }
    if (bundle.yaml().length() > TEXT_LIMIT) {
      throw new Refused(
          RefusalId.TOO_LARGE, "a session has at most %d bytes".formatted(TEXT_LIMIT));
    }
    var submission = Submission.of(bundle, caller);
    var session = submission.session();
    if (!session.name().equals(message.session())
        || !session.lineage().predecessor().equals(message.predecessor())) {
      throw new Refused(
          RefusalId.INVALID_BUNDLE,
          "`name` and `predecessor` of the bundle are not those of the session in it");
    }
    return submission;
  }

  private ApprovalStatus status(
      Transaction transaction, SessionBundle bundle, Submission submission)
      throws Refused, IOException {
    var consenting = submission.consenting();
    var rule = rule(transaction, bundle.message().session(), consenting);
    Optional<Refused> refusal = Optional.empty();
    try {
      sessions.change(transaction, submission);
    } catch (Refused e) {
      refusal = Optional.of(e);
    }
    return new ApprovalStatus(
        bundle.message().session().value(),
        bundle.message().hash().hex(),
        refusal.map(e -> e.id().text()),
        refusal.map(Refused::message),
        signatures(bundle, rule),
        rule);
  }

  private static List<ApprovalStatus.Signature> signatures(
      SessionBundle bundle, Optional<Requirement> rule) {
    return bundle.approvals().stream().map(one -> signature(one, bundle, rule)).toList();
  }

  private static ApprovalStatus.Signature signature(
      Approval approval, SessionBundle bundle, Optional<Requirement> rule) {
    var signer = approval.key().map(KeyHash::text);
    return new ApprovalStatus.Signature(
        signer,
        approval.verified(bundle.message()).isPresent(),
        signer.isPresent() && rule.isPresent() && rule.get().names(signer.get()));
  }

  /// Returns whose agreement the change needs.
  ///
  /// @throws Refused if the caller may not know
  private Optional<Requirement> rule(
      Transaction transaction, SessionName name, Consenting consenting)
      throws Refused, IOException {
    var active = catalog.active(transaction, name);
    var above = name.namespace();
    var session =
        active.isPresent() || above.isEmpty() ? active : catalog.active(transaction, above.get());
    if (session.isEmpty()) {
      return Optional.empty();
    }
    return rule(
        transaction,
        session.get(),
        active.isPresent() ? Right.UPDATE : Right.CREATE_SESSIONS,
        consenting);
  }

  private Optional<Requirement> rule(
      Transaction transaction, Registered session, Right right, Consenting consenting)
      throws Refused, IOException {
    var rule = rights.requirement(transaction, session, right, consenting);
    if (rule.isPresent()
        && !rights.mayKnow(transaction, session, rule.get(), consenting.caller())) {
      throw new Refused(
          RefusalId.NOT_PERMITTED,
          "session `%s` does not grant `read` to key %s, and `%s` does not name it"
              .formatted(session.row().name(), consenting.caller().text(), rule.get().entry()));
    }
    return rule;
  }
}
