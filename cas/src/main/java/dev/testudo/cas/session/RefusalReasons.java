package dev.testudo.cas.session;

import dev.testudo.cas.access.Rights;
import dev.testudo.cas.caller.Caller;
import dev.testudo.cas.catalog.Catalog;
import dev.testudo.cas.refusal.RefusalId;
import dev.testudo.cas.refusal.Refused;
import dev.testudo.cas.store.Store;
import dev.testudo.cas.store.Transaction;
import dev.testudo.policy.session.ServiceId;
import dev.testudo.policy.session.SessionName;
import dev.testudo.trust.channel.RefusalList;
import dev.testudo.trust.channel.RefusalReport;
import dev.testudo.trust.pki.KeyHash;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Optional;
import java.util.function.Predicate;

/// Finds in the audit log why a request was refused. Those who may read the session concerned may
/// ask, and the owners of this CAS.
public final class RefusalReasons {
  /// The most lines of the audit log that are searched, from its end.
  private static final int MOST_LINES = 5_000;

  private static final int MOST_BYTES = 8 << 20;

  /// The most refusals in a list.
  private static final int MOST = 100;

  private final Store store;
  private final Catalog catalog;
  private final Rights rights;
  private final Predicate<KeyHash> isOwner;

  /// Creates the service on top of the audit log of `store`.
  ///
  /// @param isOwner tells whether a key is one of the owners', who may read every refusal
  public RefusalReasons(Store store, Catalog catalog, Rights rights, Predicate<KeyHash> isOwner) {
    this.store = store;
    this.catalog = catalog;
    this.rights = rights;
    this.isOwner = isOwner;
  }

  /// Returns the report on a request, by its id ([Caller#request()]). The answer is the same for a
  /// request that was never made, one that was not refused, and one that the caller may not read.
  public RefusalReport why(String request, Caller caller) throws Refused, IOException {
    caller.requireKey();
    for (var line : store.ofRequest(request)) {
      var report = RefusalReport.ofAuditLine(line);
      if (report.isPresent() && mayKnow(report.get(), caller)) {
        return report.get();
      }
    }
    throw new Refused(
        RefusalId.UNKNOWN_REQUEST,
        "no request with this id was refused, or you may not read the session that it concerns");
  }

  /// Returns the latest refusals that concern `session` or its services, the newest first.
  ///
  /// @throws Refused if the caller may not read the session, or if it does not exist and the caller
  ///     does not own this CAS
  public RefusalList latest(SessionName session, Caller caller) throws Refused, IOException {
    var key = caller.requireKey();
    var lines =
        store.read(
            transaction -> {
              if (!isOwner.test(key)) {
                var active = catalog.active(transaction, session);
                rights.demand(
                    transaction,
                    active.orElseThrow(() -> Sessions.unknown(session)),
                    Rights.Right.READ,
                    key);
              }
              return transaction.newestLines(MOST_LINES, MOST_BYTES);
            });
    var found = new ArrayList<RefusalList.Entry>();
    for (var line : lines) {
      var entry = RefusalList.Entry.ofAuditLine(line);
      if (entry.isPresent() && session(entry.get().report()).equals(Optional.of(session))) {
        found.add(entry.get());
      }
      if (found.size() == MOST) {
        break;
      }
    }
    return new RefusalList(found);
  }

  private boolean mayKnow(RefusalReport report, Caller caller) throws Refused, IOException {
    if (isOwner.test(caller.requireKey())) {
      return true;
    }
    var session = session(report);
    return session.isPresent()
        && store.read(transaction -> mayRead(transaction, session.get(), caller));
  }

  private boolean mayRead(Transaction transaction, SessionName name, Caller caller)
      throws Refused, IOException {
    var session = catalog.active(transaction, name);
    return session.isPresent()
        && rights.has(transaction, session.get(), Rights.Right.READ, caller.requireKey());
  }

  /// Returns the session that the audit line's subject names, directly or as a service's session.
  private static Optional<SessionName> session(RefusalReport report) {
    return report.action().endsWith("-session")
            || report.action().endsWith("-values")
            || report.action().equals("bundle-status")
        ? SessionName.parse(report.subject())
        : ServiceId.parse(report.subject()).map(ServiceId::session);
  }
}
