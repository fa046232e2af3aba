package dev.testudo.cas.session;

import dev.testudo.cas.audit.AuditEvent;
import dev.testudo.cas.caller.Caller;
import dev.testudo.cas.issue.Catalog;
import dev.testudo.cas.issue.Registered;
import dev.testudo.cas.issue.SecretKeeper;
import dev.testudo.cas.refusal.RefusalId;
import dev.testudo.cas.refusal.Refused;
import dev.testudo.cas.store.Outcome;
import dev.testudo.cas.store.SessionRow;
import dev.testudo.cas.store.Store;
import dev.testudo.cas.store.Transaction;
import dev.testudo.policy.session.KeyType;
import dev.testudo.policy.session.SecretDefinition;
import dev.testudo.policy.session.Session;
import dev.testudo.policy.session.SessionHash;
import dev.testudo.policy.session.SessionName;
import dev.testudo.policy.source.Diagnostics;
import dev.testudo.policy.source.Parsed;
import dev.testudo.trust.channel.SessionReply;
import dev.testudo.trust.channel.SessionText;
import dev.testudo.trust.pki.KeyHash;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;

/// Registers, replaces and reads sessions, as far as their access policies let the caller.
public final class Sessions {
  /// Longest session text, in bytes.
  public static final int TEXT_LIMIT = 1 << 20;

  private static final int MOST_SESSIONS = 65_536;
  private static final int MOST_SECRETS = 512;
  private static final int MOST_SERVICES = 128;

  private static final int MOST_RSA_KEYS = 4;

  /// Bytes that CAS generates for one session, keys and certificates apart.
  private static final int MOST_GENERATED_BYTES = 1 << 20;

  private final Store store;
  private final Catalog catalog;
  private final SecretKeeper keeper;
  private final Rights rights;
  private final Ownership ownership;

  /// Works on `store`.
  public Sessions(
      Store store, Catalog catalog, SecretKeeper keeper, Rights rights, Ownership ownership) {
    this.ownership = ownership;
    this.store = store;
    this.catalog = catalog;
    this.keeper = keeper;
    this.rights = rights;
  }

  /// Registers a session or replaces its predecessor, and returns the hash of what is active then.
  /// What is active already, apart from its `predecessor`, stays as it is.
  public String register(byte[] body, Caller caller) throws Refused, IOException {
    var key = caller.requireKey();
    var subject = "";
    try {
      var yaml = text(body);
      var session = parse(yaml);
      subject = session.name().value();
      limit(session);
      limitRsa(session, key);
      return store.transact(
          Optional.of(caller), transaction -> register(transaction, session, yaml, key));
    } catch (Refused e) {
      store.note(caller, AuditEvent.Refused.of("store-session", subject, e));
      throw e;
    }
  }

  private Outcome<String> register(
      Transaction transaction, Session session, String yaml, KeyHash caller)
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
    var row =
        new SessionRow(session.name().value(), 1, hash(caller.text(), yaml), caller.text(), yaml);
    return store(transaction, new Registered(row, session), Optional.empty());
  }

  private Outcome<String> replace(
      Transaction transaction, Session session, String yaml, KeyHash caller, Registered active)
      throws Refused, IOException {
    rights.demand(transaction, active, Rights.Right.UPDATE, caller);
    if (SessionText.withoutPredecessor(active.row().yaml())
        .equals(SessionText.withoutPredecessor(yaml))) {
      return Outcome.unlogged(active.row().hash());
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
    return store(transaction, new Registered(row, session), Optional.of(active));
  }

  private Outcome<String> store(
      Transaction transaction, Registered session, Optional<Registered> before)
      throws Refused, IOException {
    var row = session.row();
    if (transaction.session(row.name(), row.hash()).isPresent()) {
      throw new Refused(
          RefusalId.WRONG_PREDECESSOR,
          "session `%s` had exactly this revision before".formatted(row.name()));
    }
    transaction.addSession(row);
    keeper.complete(transaction, session, before);
    return Outcome.of(
        row.hash(), new AuditEvent.SessionStored(row.name(), row.hash(), row.revision()));
  }

  private void demandOwner(KeyHash caller) throws Refused {
    if (!ownership.permits(caller)) {
      throw new Refused(
          RefusalId.NOT_PERMITTED,
          "only owners of this CAS create top-level sessions, and key %s is none"
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
            RefusalId.NOT_PERMITTED, "the root namespace is sealed once any session exists");
      }
      return;
    }
    var namespace = catalog.active(transaction, name.get());
    var expected = session.lineage().namespaceHash().map(SessionHash::hex);
    if (expected.isPresent() && !namespace.map(n -> n.row().hash()).equals(expected)) {
      throw new Refused(
          RefusalId.WRONG_NAMESPACE,
          "namespace `%s` was expected with hash %s and has %s"
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

  /// The active session `name`, or its revision `hash`.
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
    return switch (Session.read(Catalog.source("session", yaml))) {
      case Parsed.Valid<Session>(var session, _) -> session;
      case Parsed.Invalid<Session>(var problems) ->
          throw new Refused(
              RefusalId.INVALID_SESSION,
              "the session has mistakes",
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
          "a session may have %d bytes generated, this one asks for %d"
              .formatted(MOST_GENERATED_BYTES, generatedBytes(session)));
    }
    if (session.services().size() > MOST_SERVICES) {
      throw new Refused(
          RefusalId.INVALID_SESSION,
          "a session may have %d services, this one has %d"
              .formatted(MOST_SERVICES, session.services().size()));
    }
  }

  /// An RSA key takes a second of a processor to find, so only owners order many.
  private void limitRsa(Session session, KeyHash caller) throws Refused {
    var ordered = session.secrets().stream().filter(Sessions::isGeneratedRsa).count();
    if (ordered > MOST_RSA_KEYS && !ownership.permits(caller)) {
      throw new Refused(
          RefusalId.INVALID_SESSION,
          "a session may have %d RSA keys generated unless an owner registers it, not %d"
              .formatted(MOST_RSA_KEYS, ordered));
    }
  }

  private static boolean isGeneratedRsa(SecretDefinition secret) {
    return secret
            instanceof
            SecretDefinition.PrivateKey(_, SecretDefinition.KeyMaterial.Generated(var type, _))
        && (type == KeyType.RSA_2048 || type == KeyType.RSA_3072);
  }

  /// What a session asks CAS to generate, in bytes. It is added up before any of it is made.
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
