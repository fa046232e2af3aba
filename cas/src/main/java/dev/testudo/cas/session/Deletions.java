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

/// Deletes sessions, for those who may update them. All revisions go, and with them every value of
/// their secrets and the join tokens of their services. Who registers a session of that name later
/// begins anew.
public final class Deletions {
  private static final int MOST_NAMED = 8;
  private final Store store;
  private final Catalog catalog;
  private final Rights rights;

  /// Deletes from `store`.
  public Deletions(Store store, Catalog catalog, Rights rights) {
    this.store = store;
    this.catalog = catalog;
    this.rights = rights;
  }

  /// Deletes session `name`.
  ///
  /// @param hash of the revision that the caller has seen; nothing happens if another is active
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
          "session `%s` has changed since: what is to be deleted is %s, the active session is %s"
              .formatted(name, hash, row.hash()));
    }
    demandEmpty(transaction, name);
    demandUnused(transaction, active);
    transaction.deleteSession(name.value());
    return Outcome.of(true, new AuditEvent.SessionDeleted(row.name(), row.hash(), row.revision()));
  }

  /// Sessions in a namespace that is gone would be in one that somebody else makes.
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

  /// Services of another session would be refused at their next start, and whoever takes the name
  /// would choose what they get.
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
          "secrets of session `%s` are imported by %s; delete these first, or update it so that it exports nothing to them"
              .formatted(exporter.row().name(), String.join(", ", users)));
    }
  }

  /// One more than are named at most. A session that imports what is not exported to it does not
  /// count: anybody may write that.
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
