package dev.testudo.cas.session;

import dev.testudo.cas.access.Ownership;
import dev.testudo.cas.access.Rights;
import dev.testudo.cas.audit.AuditEvent;
import dev.testudo.cas.caller.Caller;
import dev.testudo.cas.catalog.Catalog;
import dev.testudo.cas.catalog.Registered;
import dev.testudo.cas.issue.Imports;
import dev.testudo.cas.issue.KeyPool;
import dev.testudo.cas.issue.MadeKeys;
import dev.testudo.cas.issue.SecretMaker;
import dev.testudo.cas.refusal.RefusalId;
import dev.testudo.cas.refusal.Refused;
import dev.testudo.cas.store.Outcome;
import dev.testudo.cas.store.SessionRow;
import dev.testudo.cas.store.Store;
import dev.testudo.cas.store.Transaction;
import dev.testudo.policy.session.KeyType;
import dev.testudo.policy.session.Session;
import dev.testudo.policy.session.SessionHash;
import dev.testudo.policy.session.SessionName;
import dev.testudo.policy.session.Volume;
import dev.testudo.trust.channel.PredecessorLine;
import dev.testudo.trust.channel.SessionReply;
import dev.testudo.trust.pki.KeyHash;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/// Registers, replaces and reads sessions as their access policies allow.
public final class Sessions {
  /// The longest session text, in bytes.
  public static final int TEXT_LIMIT = 1 << 20;

  private static final int MOST_SESSIONS = 65_536;
  /// The number of revisions of a session that can still be read by their hash.
  private static final int KEPT_REVISIONS = 16;

  private static final int MOST_PLANS = 3;

  private final Store store;
  private final Catalog catalog;
  private final SecretMaker maker;
  private final Rights rights;
  private final Ownership ownership;
  private final Allowance allowance;
  private final KeyPool keys;
  private final Listing listing;

  /// Creates the service on top of `store`. It takes generated keys from `keys`, and suggests names
  /// that `listing` knows.
  public Sessions(
      Store store,
      Catalog catalog,
      SecretMaker maker,
      Rights rights,
      Ownership ownership,
      Allowance allowance,
      KeyPool keys,
      Listing listing) {
    this.listing = listing;
    this.ownership = ownership;
    this.allowance = allowance;
    this.store = store;
    this.catalog = catalog;
    this.maker = maker;
    this.rights = rights;
    this.keys = keys;
  }

  /// The change that a request to register a session amounts to.
  sealed interface Change {
    /// No change: the session is already active.
    record None(String hash) implements Change {}

    /// A new revision.
    ///
    /// @param before its predecessor
    /// @param signers the keys whose signatures were needed for it
    record Revision(Registered session, Optional<Registered> before, List<String> signers)
        implements Change {
      /// Copies the list.
      public Revision {
        signers = List.copyOf(signers);
      }
    }
  }

  /// The result of registering a session.
  ///
  /// @param hash the hash of the active revision
  /// @param isNew false if it was active before, so that nothing has changed
  /// @param warnings reasons why services will be refused until another session is complete
  public record Stored(String hash, boolean isNew, List<String> warnings) {
    /// Copies the list.
    public Stored {
      warnings = List.copyOf(warnings);
    }
  }

  /// Registers a session or replaces its predecessor. If the active session has the same text apart
  /// from `predecessor`, nothing changes.
  public Stored register(byte[] body, Caller caller) throws Refused, IOException {
    caller.requireKey();
    var subject = "";
    try {
      var submission = Submission.of(Submission.text(body), caller);
      subject = submission.session().name().value();
      return register(submission);
    } catch (Refused e) {
      store.note(caller, AuditEvent.Refused.of("store-session", subject, e));
      throw e;
    }
  }

  /// Determines which keys are needed, generates them outside the store's transactions, and stores
  /// the session with them. Tries again if other keys have become necessary meanwhile.
  Stored register(Submission submission) throws Refused, IOException {
    SessionLimits.demand(submission.session(), isOwner(submission.key()));
    for (var attempt = 1; ; attempt++) {
      var plan = store.read(transaction -> plan(transaction, submission));
      var made = keys.make(customer(submission, plan.replaces()), plan.keys());
      try {
        return store.transact(
            Optional.of(submission.caller()),
            transaction -> store(transaction, change(transaction, submission), made));
      } catch (Refused e) {
        if (e.id() != RefusalId.PLAN_CHANGED || attempt == MOST_PLANS) {
          throw e;
        }
      }
    }
  }

  /// The work to be done before a session can be stored.
  ///
  /// @param keys the types of the keys to generate
  /// @param replaces true if the caller may replace an existing session
  private record Plan(List<KeyType> keys, boolean replaces) {}

  private Plan plan(Transaction transaction, Submission submission) throws Refused, IOException {
    return switch (change(transaction, submission)) {
      case Change.None _ -> new Plan(List.of(), true);
      case Change.Revision(var revision, var before, _) ->
          new Plan(maker.lacking(transaction, revision, before), before.isPresent());
    };
  }

  /// Returns the customer for the key pool. A caller that may replace a session, or create one in
  /// an owned namespace, is not a stranger.
  ///
  /// @param replaces true if the caller may replace an existing session
  KeyPool.Customer customer(Submission submission, boolean replaces) {
    var key = submission.key();
    var namespace = submission.session().name().namespace();
    var known =
        replaces
            || ownership.owners().contains(key)
            || (namespace.isPresent() && !namespace.get().equals(SessionName.ROOT));
    return known ? new KeyPool.Customer(key.text(), false) : stranger(submission);
  }

  /// Returns the customer for a caller that owns nothing.
  static KeyPool.Customer stranger(Submission submission) {
    return new KeyPool.Customer(submission.caller().address().getHostAddress(), true);
  }

  /// Returns what `submission` would change now.
  ///
  /// @throws Refused if CAS does not accept it
  Change change(Transaction transaction, Submission submission) throws Refused, IOException {
    var session = submission.session();
    var active = catalog.active(transaction, session.name());
    if (active.isPresent()) {
      return replace(transaction, submission, active.get());
    }
    if (session.lineage().predecessor().isPresent()) {
      throw new Refused(
          RefusalId.WRONG_PREDECESSOR,
          "session `%s` does not exist, so it has no predecessor".formatted(session.name()));
    }
    var signers = checkNamespace(transaction, submission);
    if (transaction.countSessions() >= MOST_SESSIONS) {
      throw new Refused(RefusalId.FULL, "there are %d sessions already".formatted(MOST_SESSIONS));
    }
    var creator = submission.key().text();
    allowance.demandRoom(transaction, session.name(), creator, submission.yaml().length());
    var row =
        new SessionRow(
            session.name().value(), 1, submission.hash(creator).hex(), creator, submission.yaml());
    return new Change.Revision(new Registered(row, session), Optional.empty(), signers);
  }

  private Change replace(Transaction transaction, Submission submission, Registered active)
      throws Refused, IOException {
    var session = submission.session();
    var signers = rights.demand(transaction, active, Rights.Right.UPDATE, submission.consenting());
    if (isSame(active, submission)) {
      return new Change.None(active.row().hash());
    }
    var named = session.lineage().predecessor().map(SessionHash::hex);
    if (named.isEmpty()) {
      throw new Refused(
          RefusalId.SESSION_EXISTS,
          "session `%s` exists with other content; to replace it, name its hash as `predecessor`"
              .formatted(session.name()));
    }
    if (!named.get().equals(active.row().hash())) {
      throw new Refused(
          RefusalId.WRONG_PREDECESSOR,
          "session `%s` has changed since: `predecessor` is %s, the active session is %s"
              .formatted(session.name(), named.get(), active.row().hash()));
    }
    var before = active.row();
    var row =
        new SessionRow(
            before.name(),
            before.revision() + 1,
            submission.hash(before.creator()).hex(),
            before.creator(),
            submission.yaml());
    return new Change.Revision(new Registered(row, session), Optional.of(active), signers);
  }

  /// Returns true if the active session has the submitted text, apart from `predecessor`.
  static boolean isSame(Registered active, Submission submission) {
    return PredecessorLine.withoutPredecessor(active.row().yaml())
        .equals(PredecessorLine.withoutPredecessor(submission.yaml()));
  }

  private Outcome<Stored> store(Transaction transaction, Change change, MadeKeys made)
      throws Refused, IOException {
    return switch (change) {
      case Change.None(var hash) -> Outcome.unlogged(new Stored(hash, false, List.of()));
      case Change.Revision revision ->
          allowance.within(
              transaction,
              revision.session().session().name(),
              revision.session().row().creator(),
              () -> store(transaction, revision, made));
    };
  }

  private Outcome<Stored> store(Transaction transaction, Change.Revision revision, MadeKeys made)
      throws Refused, IOException {
    var session = revision.session();
    var row = session.row();
    transaction.addSession(row);
    transaction.setImports(row.name(), Imports.of(session.session()));
    var warnings = maker.complete(transaction, session, revision.before(), made);
    transaction.volumes().keep(row.name(), ownVolumes(session.session()));
    transaction.forgetRevisions(row.name(), row.revision() - KEPT_REVISIONS);
    return Outcome.of(
        new Stored(row.hash(), true, warnings),
        new AuditEvent.SessionStored(row.name(), row.hash(), row.revision(), revision.signers()));
  }

  /// Returns the volumes that a session owns. Whatever CAS knows about another one is forgotten.
  private static Set<String> ownVolumes(Session session) {
    return session.volumes().stream()
        .filter(volume -> volume.origin() instanceof Volume.Origin.Own)
        .map(Volume::name)
        .collect(Collectors.toSet());
  }

  /// Returns true if the limits of owners hold for sessions of `caller`.
  boolean isOwner(KeyHash caller) {
    return ownership.permits(caller);
  }

  private void demandOwner(KeyHash caller) throws Refused {
    if (!ownership.permits(caller)) {
      throw new Refused(
          RefusalId.NOT_PERMITTED,
          "only owners of this CAS may create top-level sessions; key %s is not an owner"
              .formatted(caller));
    }
  }

  /// Checks that the session may be created where its name says.
  ///
  /// @return the keys whose signatures were needed for it
  private List<String> checkNamespace(Transaction transaction, Submission submission)
      throws Refused, IOException {
    var session = submission.session();
    var name = session.name().namespace();
    if (name.isEmpty()) {
      demandOwner(submission.key());
      if (ownership.firstCome() && transaction.countSessions() > 0) {
        throw new Refused(
            RefusalId.NOT_PERMITTED,
            "the session of the root namespace must be registered before any other session");
      }
      return submission.signedCreator();
    }
    var namespace = catalog.active(transaction, name.get());
    var expected = session.lineage().namespaceHash().map(SessionHash::hex);
    if (expected.isPresent() && !namespace.map(n -> n.row().hash()).equals(expected)) {
      throw new Refused(
          RefusalId.WRONG_NAMESPACE,
          "the session expects namespace `%s` with hash %s, but its hash is %s"
              .formatted(
                  name.get(), expected.get(), namespace.map(n -> n.row().hash()).orElse("none")));
    }
    if (namespace.isPresent()) {
      return rights.demand(
          transaction, namespace.get(), Rights.Right.CREATE_SESSIONS, submission.consenting());
    }
    if (name.get().equals(SessionName.ROOT)) {
      demandOwner(submission.key());
      return submission.signedCreator();
    }
    throw new Refused(
        RefusalId.UNKNOWN_SESSION,
        "namespace `%s` does not exist; register a session of that name first"
            .formatted(name.get()));
  }

  /// Returns the active session, or its revision with the given hash.
  public SessionReply read(SessionName name, Optional<String> hash, Caller caller)
      throws Refused, IOException {
    var key = caller.requireKey();
    try {
      return store.deliver(Optional.of(caller), transaction -> read(transaction, name, hash, key));
    } catch (Refused e) {
      store.note(caller, AuditEvent.Refused.of("read-session", name.value(), e));
      throw e;
    }
  }

  private Outcome<SessionReply> read(
      Transaction transaction, SessionName name, Optional<String> hash, KeyHash caller)
      throws Refused, IOException {
    var found = catalog.active(transaction, name);
    if (found.isEmpty()) {
      throw listing.unknown(transaction, name, caller);
    }
    var active = found.get();
    rights.demand(transaction, active, Rights.Right.READ, caller);
    var row =
        hash.isEmpty()
            ? active.row()
            : transaction.session(name.value(), hash.get()).orElseThrow(() -> unknown(name));
    return Outcome.of(
        new SessionReply(row.yaml(), row.hash(), row.creator()),
        new AuditEvent.SessionRead(row.name(), row.hash()));
  }

  static Refused unknown(SessionName name) {
    return new Refused(RefusalId.UNKNOWN_SESSION, "there is no session `%s`".formatted(name));
  }
}
