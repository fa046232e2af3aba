package dev.testudo.cas.session;

import dev.testudo.cas.access.Rights;
import dev.testudo.cas.access.Rights.Right;
import dev.testudo.cas.audit.AuditEvent;
import dev.testudo.cas.caller.Caller;
import dev.testudo.cas.catalog.Catalog;
import dev.testudo.cas.catalog.Registered;
import dev.testudo.cas.issue.KeyPool;
import dev.testudo.cas.issue.MadeKeys;
import dev.testudo.cas.issue.SecretMaker;
import dev.testudo.cas.issue.SessionSecrets;
import dev.testudo.cas.refusal.RefusalId;
import dev.testudo.cas.refusal.Refused;
import dev.testudo.cas.store.SecretRow;
import dev.testudo.cas.store.SessionRow;
import dev.testudo.cas.store.Store;
import dev.testudo.cas.store.Transaction;
import dev.testudo.policy.session.KeyType;
import dev.testudo.policy.session.SecretDefinition;
import dev.testudo.policy.session.Session;
import dev.testudo.policy.session.SessionHash;
import dev.testudo.policy.session.Volume;
import dev.testudo.policy.source.Parsed;
import dev.testudo.policy.substitution.SecretKind;
import dev.testudo.policy.yaml.TreeDifference;
import dev.testudo.policy.yaml.Yaml;
import dev.testudo.policy.yaml.YamlNode;
import dev.testudo.trust.approval.Requirement;
import dev.testudo.trust.approval.SessionDiff;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;

/// Says what would change if a session were registered. It registers the session in a transaction
/// that it rolls back, so the answer is what really happens, and nothing stays: neither values nor
/// lines of the audit log.
public final class Rehearsal {
  private static final int MOST_CHANGES = 1000;

  private final Store store;
  private final Catalog catalog;
  private final SecretMaker maker;
  private final Rights rights;
  private final Sessions sessions;
  private final KeyPool keys;

  /// Creates the service on top of `sessions`. It takes generated keys from `keys`.
  public Rehearsal(
      Store store,
      Catalog catalog,
      SecretMaker maker,
      Rights rights,
      Sessions sessions,
      KeyPool keys) {
    this.store = store;
    this.catalog = catalog;
    this.maker = maker;
    this.rights = rights;
    this.sessions = sessions;
    this.keys = keys;
  }

  /// Ends the rehearsal's transaction, so that it is rolled back, and carries its result.
  private static final class Done extends Exception {
    private static final long serialVersionUID = 1;
    private final transient SessionDiff difference;

    Done(SessionDiff difference) {
      super("rehearsed", null, false, false);
      this.difference = difference;
    }
  }

  /// The revision that is rehearsed.
  ///
  /// @param revision the active one if the text is the same
  /// @param refused the refusal that the caller would get if it registered the session
  private record Plan(
      Registered revision,
      Optional<Registered> before,
      Optional<Refused> refused,
      Optional<Requirement> rule) {
    /// Returns false if the active session has this text already.
    boolean stores() {
      return before.filter(revision::equals).isEmpty();
    }

    /// Returns true if the caller may replace the active session, be it by another text.
    boolean mayReplace() {
      return before.isPresent()
          && refused.map(Refused::id).filter(RefusalId.NOT_PERMITTED::equals).isEmpty();
    }
  }

  /// Returns what would change if `body` were registered.
  ///
  /// @throws Refused if the session has mistakes, or the caller may neither read nor replace the
  ///     active one; for a new session, if the caller may not create it
  public SessionDiff of(byte[] body, Caller caller) throws Refused, IOException {
    caller.requireKey();
    var subject = "";
    try {
      var submission = Submission.of(Submission.text(body), caller);
      subject = submission.session().name().value();
      return of(submission);
    } catch (Refused e) {
      store.note(caller, AuditEvent.Refused.of("diff-session", subject, e));
      throw e;
    }
  }

  private SessionDiff of(Submission submission) throws Refused, IOException {
    SessionLimits.demand(submission.session(), sessions.isOwner(submission.key()));
    var plan = store.read(transaction -> plan(transaction, submission));
    var made = keys.make(customer(submission, plan), lacking(plan));
    try {
      return store.<SessionDiff, Done>transact(
          Optional.empty(),
          transaction -> {
            throw rehearse(transaction, plan, made);
          });
    } catch (Done done) {
      return done.difference;
    }
  }

  private List<KeyType> lacking(Plan plan) throws Refused, IOException {
    return plan.stores()
        ? store.read(transaction -> maker.lacking(transaction, plan.revision(), plan.before()))
        : List.of();
  }

  /// Returns the customer for the key pool. A caller that may only read the session is a stranger.
  private KeyPool.Customer customer(Submission submission, Plan plan) {
    return plan.before().isPresent() && !plan.mayReplace()
        ? Sessions.stranger(submission)
        : sessions.customer(submission, plan.mayReplace());
  }

  private Plan plan(Transaction transaction, Submission submission) throws Refused, IOException {
    var session = submission.session();
    var active = catalog.active(transaction, session.name());
    Optional<Refused> refused = Optional.empty();
    try {
      sessions.change(transaction, submission);
    } catch (Refused e) {
      refused = Optional.of(e);
    }
    if (active.isEmpty()) {
      if (refused.isPresent()) {
        throw refused.get();
      }
      var creator = submission.key().text();
      return new Plan(
          revision(submission, 1, creator), Optional.empty(), Optional.empty(), Optional.empty());
    }
    var before = active.get();
    if (refused.map(Refused::id).filter(RefusalId.NOT_PERMITTED::equals).isPresent()) {
      rights.demand(transaction, before, Right.READ, submission.key());
    }
    var rule = rights.requirement(transaction, before, Right.UPDATE, submission.consenting());
    var revision =
        Sessions.isSame(before, submission)
            ? before
            : revision(submission, before.row().revision() + 1, before.row().creator());
    return new Plan(revision, active, refused, rule);
  }

  private static Registered revision(Submission submission, long number, String creator) {
    var yaml = submission.yaml();
    var hash = SessionHash.of(creator, yaml).hex();
    var name = submission.session().name().value();
    return new Registered(new SessionRow(name, number, hash, creator, yaml), submission.session());
  }

  /// Registers the revision and returns the exception that undoes it.
  private Done rehearse(Transaction transaction, Plan plan, MadeKeys made) throws IOException {
    var revision = plan.revision();
    var before = plan.before();
    var rowsBefore =
        before.isPresent() ? revisions(transaction, before.get()) : Map.<String, Long>of();
    var warnings = List.<String>of();
    var refused = plan.refused();
    Map<String, Long> rowsAfter = Map.of();
    var access = new ArrayList<SessionDiff.Access>();
    try {
      if (plan.stores()) {
        transaction.addSession(revision.row());
        warnings = maker.complete(transaction, revision, before, made);
      }
      rowsAfter = revisions(transaction, revision);
      access.addAll(access(transaction, revision, before));
    } catch (Refused e) {
      refused = refused.or(() -> Optional.of(e));
    }
    var changes = changes(before, revision);
    return new Done(
        new SessionDiff(
            summary(plan, refused),
            changes,
            fates(before, revision, rowsBefore, rowsAfter, changes),
            access,
            warnings,
            plan.rule()));
  }

  private static SessionDiff.Summary summary(Plan plan, Optional<Refused> refused) {
    return new SessionDiff.Summary(
        plan.revision().row().name(),
        plan.before().map(active -> active.row().hash()),
        refused.map(e -> e.id().text()),
        refused.map(Refused::message));
  }

  private static Map<String, Long> revisions(Transaction transaction, Registered session)
      throws IOException {
    var revisions = new HashMap<String, Long>();
    for (SecretRow row : transaction.secrets(session.row())) {
      revisions.put(row.name(), row.revision());
    }
    return revisions;
  }

  private static List<SessionDiff.Change> changes(Optional<Registered> before, Registered after) {
    var old = before.flatMap(active -> tree(active.session()));
    var young = tree(after.session());
    if (old.isEmpty() || young.isEmpty()) {
      return List.of();
    }
    return TreeDifference.between(old.get(), young.get(), MOST_CHANGES).stream()
        .filter(change -> !change.path().equals("predecessor"))
        .map(
            change ->
                new SessionDiff.Change(
                    change.path(), change.kind().name().toLowerCase(Locale.ROOT)))
        .toList();
  }

  private static Optional<YamlNode> tree(Session session) {
    return Yaml.read(session.source()) instanceof Parsed.Valid<YamlNode>(var root, _)
        ? Optional.of(root)
        : Optional.empty();
  }

  private static List<SessionDiff.Fate> fates(
      Optional<Registered> before,
      Registered after,
      Map<String, Long> rowsBefore,
      Map<String, Long> rowsAfter,
      List<SessionDiff.Change> changes) {
    var fates = new ArrayList<SessionDiff.Fate>();
    for (var secret : after.session().secrets()) {
      var name = secret.name().value();
      var known = before.flatMap(active -> active.session().secret(name)).isPresent();
      var path = "secrets[%s]".formatted(name);
      var fate = known ? fate(name, path, rowsBefore, rowsAfter, changes) : "new";
      fates.add(new SessionDiff.Fate(name, kind(secret), fate));
    }
    for (var secret : before.map(active -> active.session().secrets()).orElse(List.of())) {
      if (after.session().secret(secret.name().value()).isEmpty()) {
        fates.add(new SessionDiff.Fate(secret.name().value(), kind(secret), "removed"));
      }
    }
    fates.addAll(ofVolumes(before, after, rowsBefore, rowsAfter, changes));
    return fates;
  }

  /// Returns what becomes of the keys of volumes.
  private static List<SessionDiff.Fate> ofVolumes(
      Optional<Registered> before,
      Registered after,
      Map<String, Long> rowsBefore,
      Map<String, Long> rowsAfter,
      List<SessionDiff.Change> changes) {
    var fates = new ArrayList<SessionDiff.Fate>();
    var old = before.map(active -> active.session().volumes()).orElse(List.of());
    var known = old.stream().map(Volume::name).collect(Collectors.toSet());
    for (var volume : after.session().volumes()) {
      var path = "volumes[%s]".formatted(volume.name());
      var row = SessionSecrets.VOLUME + volume.name();
      var fate =
          known.remove(volume.name()) ? fate(row, path, rowsBefore, rowsAfter, changes) : "new";
      fates.add(new SessionDiff.Fate(volume.name(), Optional.of("volume"), fate));
    }
    old.stream()
        .map(Volume::name)
        .filter(known::contains)
        .map(name -> new SessionDiff.Fate(name, Optional.of("volume"), "removed"))
        .forEach(fates::add);
    return fates;
  }

  private static String fate(
      String row,
      String path,
      Map<String, Long> before,
      Map<String, Long> after,
      List<SessionDiff.Change> changes) {
    var old = Optional.ofNullable(before.get(row));
    var young = Optional.ofNullable(after.get(row));
    if (old.isPresent() && young.isPresent()) {
      return old.equals(young) ? "kept" : "re-made";
    }
    var differs = changes.stream().anyMatch(c -> c.path().startsWith(path));
    return differs || old.isPresent() || young.isPresent() ? "changed" : "unchanged";
  }

  private static Optional<String> kind(SecretDefinition secret) {
    return secret.kind().map(SecretKind::text);
  }

  private List<SessionDiff.Access> access(
      Transaction transaction, Registered after, Optional<Registered> before)
      throws IOException, Refused {
    var access = new ArrayList<SessionDiff.Access>();
    for (var right : Right.values()) {
      var old =
          before.isPresent() ? rights.named(transaction, before.get(), right) : Set.<String>of();
      var young = rights.named(transaction, after, right);
      var gains = new TreeSet<>(young);
      gains.removeAll(old);
      var loses = new TreeSet<>(old);
      loses.removeAll(young);
      if (!gains.isEmpty() || !loses.isEmpty()) {
        access.add(new SessionDiff.Access(right.text(), List.copyOf(gains), List.copyOf(loses)));
      }
    }
    return access;
  }
}
