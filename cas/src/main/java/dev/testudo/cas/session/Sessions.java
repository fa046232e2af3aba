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
import dev.testudo.policy.session.SecretDefinition;
import dev.testudo.policy.session.SecretDefinition.KeyMaterial;
import dev.testudo.policy.session.Session;
import dev.testudo.policy.session.SessionHash;
import dev.testudo.policy.session.SessionName;
import dev.testudo.policy.session.read.SessionParser;
import dev.testudo.policy.source.Diagnostics;
import dev.testudo.policy.source.Parsed;
import dev.testudo.trust.channel.PredecessorLine;
import dev.testudo.trust.channel.SessionReply;
import dev.testudo.trust.pki.KeyHash;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;

/// Registers, replaces and reads sessions as their access policies allow.
public final class Sessions {
  /// The longest session text, in bytes.
  public static final int TEXT_LIMIT = 1 << 20;

  private static final int MOST_SESSIONS = 65_536;
  private static final int MOST_SECRETS = 512;
  private static final int MOST_SERVICES = 128;

  /// The most RSA keys in a session that no owner registers.
  private static final int STRANGERS_RSA_KEYS = 4;

  /// The most private keys that CAS generates for one session: of any type, and of RSA, which
  /// takes seconds each.
  private static final int MOST_KEYS = 64;

  private static final int MOST_RSA_KEYS = 8;

  /// The number of revisions of a session that can still be read by their hash.
  private static final int KEPT_REVISIONS = 16;

  private static final int MOST_PLANS = 3;

  /// The most bytes that CAS generates for one session, not counting keys and certificates.
  private static final int MOST_GENERATED_BYTES = 1 << 20;

  private final Store store;
  private final Catalog catalog;
  private final SecretMaker maker;
  private final Rights rights;
  private final Ownership ownership;
  private final Allowance allowance;
  private final KeyPool keys;

  /// Creates the service on top of `store`. It takes generated keys from `keys`.
  public Sessions(
      Store store,
      Catalog catalog,
      SecretMaker maker,
      Rights rights,
      Ownership ownership,
      Allowance allowance,
      KeyPool keys) {
    this.ownership = ownership;
    this.allowance = allowance;
    this.store = store;
    this.catalog = catalog;
    this.maker = maker;
    this.rights = rights;
    this.keys = keys;
  }

  /// The change that a request to register a session amounts to.
  private sealed interface Change {
    /// No change: the session is already active.
    record None(String hash) implements Change {}

    /// A new revision.
    ///
    /// @param before its predecessor
    record Revision(Registered session, Optional<Registered> before) implements Change {}
  }

  /// The result of registering a session.
  ///
  /// @param hash the hash of the active revision
  /// @param warnings reasons why services will be refused until another session is complete
  public record Stored(String hash, List<String> warnings) {
    /// Copies the list.
    public Stored {
      warnings = List.copyOf(warnings);
    }
  }

  /// Registers a session or replaces its predecessor. If the active session has the same text apart
  /// from `predecessor`, nothing changes.
  public Stored register(byte[] body, Caller caller) throws Refused, IOException {
    var key = caller.requireKey();
    var subject = "";
    try {
      var yaml = text(body);
      var session = parse(yaml);
      subject = session.name().value();
      limit(session);
      limitRsa(session, key);
      return register(session, yaml, caller);
    } catch (Refused e) {
      store.note(caller, AuditEvent.Refused.of("store-session", subject, e));
      throw e;
    }
  }

  /// Determines which keys are needed, generates them outside the store's transactions, and stores
  /// the session with them. Tries again if other keys have become necessary meanwhile.
  private Stored register(Session session, String yaml, Caller caller) throws Refused, IOException {
    var key = caller.requireKey();
    for (var attempt = 1; ; attempt++) {
      var plan = store.read(transaction -> plan(transaction, session, yaml, key));
      var made = keys.make(customer(session, plan, caller), plan.keys());
      try {
        return store.transact(
            Optional.of(caller),
            transaction -> store(transaction, change(transaction, session, yaml, key), made));
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

  private Plan plan(Transaction transaction, Session session, String yaml, KeyHash caller)
      throws Refused, IOException {
    return switch (change(transaction, session, yaml, caller)) {
      case Change.None _ -> new Plan(List.of(), true);
      case Change.Revision(var revision, var before) ->
          new Plan(maker.lacking(transaction, revision, before), before.isPresent());
    };
  }

  /// Returns the customer for the key pool. A caller that may replace a session, or create one in
  /// an owned namespace, is not a stranger.
  private KeyPool.Customer customer(Session session, Plan plan, Caller caller) throws Refused {
    var key = caller.requireKey();
    var namespace = session.name().namespace();
    var known =
        plan.replaces()
            || ownership.owners().contains(key)
            || (namespace.isPresent() && !namespace.get().equals(SessionName.ROOT));
    return known
        ? new KeyPool.Customer(key.text(), false)
        : new KeyPool.Customer(caller.address().getHostAddress(), true);
  }

  private Change change(Transaction transaction, Session session, String yaml, KeyHash caller)
      throws Refused, IOException {
    var active = catalog.active(transaction, session.name());
    if (active.isPresent()) {
      return replace(transaction, session, yaml, caller, active.get());
    }
    if (session.lineage().predecessor().isPresent()) {
      throw new Refused(
          RefusalId.WRONG_PREDECESSOR,
          "session `%s` does not exist, so it has no predecessor".formatted(session.name()));
    }
    checkNamespace(transaction, session, caller);
    if (transaction.countSessions() >= MOST_SESSIONS) {
      throw new Refused(RefusalId.FULL, "there are %d sessions already".formatted(MOST_SESSIONS));
    }
    allowance.demandRoom(transaction, session.name(), caller.text(), yaml.length());
    var row =
        new SessionRow(session.name().value(), 1, hash(caller.text(), yaml), caller.text(), yaml);
    return new Change.Revision(new Registered(row, session), Optional.empty());
  }

  private Change replace(
      Transaction transaction, Session session, String yaml, KeyHash caller, Registered active)
      throws Refused, IOException {
    rights.demand(transaction, active, Rights.Right.UPDATE, caller);
    if (PredecessorLine.withoutPredecessor(active.row().yaml())
        .equals(PredecessorLine.withoutPredecessor(yaml))) {
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
            hash(before.creator(), yaml),
            before.creator(),
            yaml);
    return new Change.Revision(new Registered(row, session), Optional.of(active));
  }

  private Outcome<Stored> store(Transaction transaction, Change change, MadeKeys made)
      throws Refused, IOException {
    return switch (change) {
      case Change.None(var hash) -> Outcome.unlogged(new Stored(hash, List.of()));
      case Change.Revision(var session, var before) ->
          allowance.within(
              transaction,
              session.session().name(),
              session.row().creator(),
              () -> store(transaction, session, before, made));
    };
  }

  private Outcome<Stored> store(
      Transaction transaction, Registered session, Optional<Registered> before, MadeKeys made)
      throws Refused, IOException {
    var row = session.row();
    transaction.addSession(row);
    transaction.setImports(row.name(), Imports.of(session.session()));
    var warnings = maker.complete(transaction, session, before, made);
    transaction.forgetRevisions(row.name(), row.revision() - KEPT_REVISIONS);
    return Outcome.of(
        new Stored(row.hash(), warnings),
        new AuditEvent.SessionStored(row.name(), row.hash(), row.revision()));
  }

  private void demandOwner(KeyHash caller) throws Refused {
    if (!ownership.permits(caller)) {
      throw new Refused(
          RefusalId.NOT_PERMITTED,
          "only owners of this CAS may create top-level sessions; key %s is not an owner"
              .formatted(caller));
    }
  }

  private void checkNamespace(Transaction transaction, Session session, KeyHash caller)
      throws Refused, IOException {
    var name = session.name().namespace();
    if (name.isEmpty()) {
      demandOwner(caller);
      if (ownership.firstCome() && transaction.countSessions() > 0) {
        throw new Refused(
            RefusalId.NOT_PERMITTED,
            "the session of the root namespace must be registered before any other session");
      }
      return;
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
      rights.demand(transaction, namespace.get(), Rights.Right.CREATE_SESSIONS, caller);
    } else if (name.get().equals(SessionName.ROOT)) {
      demandOwner(caller);
    } else {
      throw new Refused(
          RefusalId.UNKNOWN_SESSION,
          "namespace `%s` does not exist; register a session of that name first"
              .formatted(name.get()));
    }
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
    var active = catalog.active(transaction, name).orElseThrow(() -> unknown(name));
    rights.demand(transaction, active, Rights.Right.READ, caller);
    var row =
        hash.isEmpty()
            ? active.row()
            : transaction.session(name.value(), hash.get()).orElseThrow(() -> unknown(name));
    return Outcome.of(
        new SessionReply(row.yaml(), row.hash()),
        new AuditEvent.SessionRead(row.name(), row.hash()));
  }

  static Refused unknown(SessionName name) {
    return new Refused(RefusalId.UNKNOWN_SESSION, "there is no session `%s`".formatted(name));
  }

  private static String text(byte[] body) throws Refused {
    try {
      return StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(body)).toString();
    } catch (CharacterCodingException e) {
      throw new Refused(RefusalId.MALFORMED_REQUEST, "the session is not UTF-8");
    }
  }

  private static Session parse(String yaml) throws Refused {
    return switch (SessionParser.read(Catalog.source("session", yaml))) {
      case Parsed.Valid<Session>(var session, _) -> session;
      case Parsed.Invalid<Session>(var problems) ->
          throw new Refused(
              RefusalId.INVALID_SESSION,
              "the session has errors",
              List.of(Diagnostics.render(problems)));
    };
  }

  private static void limit(Session session) throws Refused {
    if (session.secrets().size() > MOST_SECRETS) {
      throw new Refused(
          RefusalId.INVALID_SESSION,
          "a session may have %d secrets, this one has %d"
              .formatted(MOST_SECRETS, session.secrets().size()));
    }
    if (generatedBytes(session) > MOST_GENERATED_BYTES) {
      throw new Refused(
          RefusalId.INVALID_SESSION,
          "CAS generates at most %d bytes for a session; this one asks for %d"
              .formatted(MOST_GENERATED_BYTES, generatedBytes(session)));
    }
    limitKeys(session);
    if (session.services().size() > MOST_SERVICES) {
      throw new Refused(
          RefusalId.INVALID_SESSION,
          "a session may have %d services, this one has %d"
              .formatted(MOST_SERVICES, session.services().size()));
    }
  }

  /// Limits the RSA keys that callers other than owners may request: generating one takes about a
  /// second of processor time.
  private void limitRsa(Session session, KeyHash caller) throws Refused {
    var ordered = session.secrets().stream().filter(Sessions::isGeneratedRsa).count();
    if (ordered > STRANGERS_RSA_KEYS && !ownership.permits(caller)) {
      throw new Refused(
          RefusalId.INVALID_SESSION,
          "CAS generates at most %d RSA keys for a session that no owner registers, not %d"
              .formatted(STRANGERS_RSA_KEYS, ordered));
    }
  }

  private static boolean isGeneratedRsa(SecretDefinition secret) {
    return secret
            instanceof
            SecretDefinition.PrivateKey(_, SecretDefinition.KeyMaterial.Generated(var type, _))
        && (type == KeyType.RSA_2048 || type == KeyType.RSA_3072);
  }

  /// Returns the number of bytes that CAS would generate for a session. Computed before any
  /// of them is generated.
  private static long generatedBytes(Session session) {
    return session.secrets().stream()
        .mapToLong(
            secret ->
                switch (secret) {
                  case SecretDefinition.Ascii(_, SecretDefinition.Characters.Generated(var size)) ->
                      size;
                  case SecretDefinition.Binary(_, SecretDefinition.Bytes.Generated(var size)) ->
                      size;
                  case SecretDefinition _ -> 0;
                })
        .sum();
  }

  private static void limitKeys(Session session) throws Refused {
    var types = new ArrayList<KeyType>();
    for (var secret : session.secrets()) {
      if (secret instanceof SecretDefinition.PrivateKey(_, KeyMaterial.Generated generated)) {
        types.add(generated.type());
      }
    }
    var rsa = types.stream().filter(t -> t == KeyType.RSA_2048 || t == KeyType.RSA_3072).count();
    if (types.size() > MOST_KEYS || rsa > MOST_RSA_KEYS) {
      throw new Refused(
          RefusalId.INVALID_SESSION,
          "CAS generates at most %d private keys for a session, %d of them RSA; this one asks for %d and %d"
              .formatted(MOST_KEYS, MOST_RSA_KEYS, types.size(), rsa));
    }
  }

  private static String hash(String creator, String yaml) {
    try {
      var sha256 = MessageDigest.getInstance("SHA-256");
      var header = "testudo-session-v1\n%s\n".formatted(creator);
      sha256.update(header.getBytes(StandardCharsets.UTF_8));
      return HexFormat.of().formatHex(sha256.digest(yaml.getBytes(StandardCharsets.UTF_8)));
    } catch (NoSuchAlgorithmException e) {
      throw new AssertionError(e);
    }
  }
}
