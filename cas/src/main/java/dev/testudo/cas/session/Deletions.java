package dev.testudo.cas.session;

import dev.testudo.cas.access.Rights;
import dev.testudo.cas.audit.AuditEvent;
import dev.testudo.cas.caller.Caller;
import dev.testudo.cas.catalog.Catalog;
import dev.testudo.cas.catalog.Registered;
import dev.testudo.cas.issue.Imports;
import dev.testudo.cas.refusal.RefusalId;
import dev.testudo.cas.refusal.Refused;
import dev.testudo.cas.store.Outcome;
import dev.testudo.cas.store.Store;
import dev.testudo.cas.store.Transaction;
import dev.testudo.policy.session.SessionName;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// Deletes sessions for callers with the right to update them. All revisions are deleted, with the
/// values of their secrets and the join tokens of their services. A session registered later under
/// the same name starts from scratch.
public final class Deletions {
  private static final int MOST_NAMED = 8;
  private final Store store;
  private final Catalog catalog;
  private final Rights rights;

  /// Creates the service on top of `store`.
  public Deletions(Store store, Catalog catalog, Rights rights) {
    this.store = store;
    this.catalog = catalog;
    this.rights = rights;
  }

  /// Deletes a session.
  ///
  /// @param hash the hash of the revision that the caller has seen
  /// @throws Refused if another revision is active, or other sessions depend on this one
  public void delete(SessionName name, String hash, Caller caller) throws Refused, IOException {
    caller.requireKey();
    try {
      store.transact(Optional.of(caller), transaction -> delete(transaction, name, hash, caller));
    } catch (Refused e) {
      store.note(caller, AuditEvent.Refused.of("delete-session", name.value(), e));
      throw e;
    }
  }

  private Outcome<Boolean> delete(
      Transaction transaction, SessionName name, String hash, Caller caller)
      throws Refused, IOException {
    var active = catalog.active(transaction, name).orElseThrow(() -> Sessions.unknown(name));
    rights.demand(transaction, active, Rights.Right.UPDATE, caller.requireKey());
    var row = active.row();
    if (!row.hash().equals(hash)) {
      throw new Refused(
          RefusalId.WRONG_PREDECESSOR,
          "session `%s` has changed since: the request names hash %s, the active session has %s"
              .formatted(name, hash, row.hash()));
    }
    demandEmpty(transaction, name);
    demandUnused(transaction, active);
    transaction.deleteSession(name.value());
    return Outcome.of(true, new AuditEvent.SessionDeleted(row.name(), row.hash(), row.revision()));
  }

  /// Refuses while there are sessions below this one: they would end up in a namespace that
  /// somebody else may create.
  private static void demandEmpty(Transaction transaction, SessionName name) throws Refused {
    var below =
        name.equals(SessionName.ROOT)
            ? transaction.countSessions() - 1
            : transaction.heldBelow(name + "/", _ -> true).sessions();
    if (below > 0) {
      throw new Refused(
          RefusalId.SESSION_IN_USE,
          "%d sessions are below `%s`; delete them first".formatted(below, name));
    }
  }

  /// Refuses while other sessions import from this one. Their services could not start any more,
  /// and whoever registers the name next would choose what they get.
  private void demandUnused(Transaction transaction, Registered exporter)
      throws Refused, IOException {
    var users = new ArrayList<String>();
    for (var user : importers(transaction, exporter)) {
      if (users.size() == MOST_NAMED) {
        users.add("…");
        break;
      }
      users.add(user.value());
    }
    if (!users.isEmpty()) {
      throw new Refused(
          RefusalId.SESSION_IN_USE,
          "secrets of session `%s` are imported by %s; delete those first, or update the session so that it exports nothing to them"
              .formatted(exporter.row().name(), String.join(", ", users)));
    }
  }

  /// Returns the sessions that import from `exporter`, at most one more than a message lists.
  /// Imports that are not exported to the importer do not count, since anybody may write them.
  private List<SessionName> importers(Transaction transaction, Registered exporter)
      throws IOException {
    var found = new ArrayList<SessionName>();
    for (var text : transaction.importers(exporter.row().name())) {
      var name = SessionName.parse(text).filter(other -> Imports.mayReach(exporter, other));
      var importer =
          name.isPresent() ? catalog.active(transaction, name.get()) : Optional.<Registered>empty();
      if (importer.isPresent() && Imports.reach(exporter, importer.get())) {
        found.add(importer.get().session().name());
        if (found.size() > MOST_NAMED) {
          break;
        }
      }
    }
    return found;
  }
}
