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
import dev.testudo.trust.channel.RefusalReport;
import dev.testudo.trust.pki.KeyHash;
import java.io.IOException;
import java.util.Optional;
import java.util.function.Predicate;

/// Tells why a request was refused, to those who may read the session that it was about, and to the
/// owners of this CAS. The audit log knows.
public final class RefusalReasons {
  private final Store store;
  private final Catalog catalog;
  private final Rights rights;
  private final Predicate<KeyHash> isOwner;

  /// Looks into the log of `store`.
  ///
  /// @param isOwner whether a key is an owner's of this CAS, who may know of every refusal
  public RefusalReasons(Store store, Catalog catalog, Rights rights, Predicate<KeyHash> isOwner) {
    this.store = store;
    this.catalog = catalog;
    this.rights = rights;
    this.isOwner = isOwner;
  }

  /// What is known of the request of that name, see [Caller#request()]. One answer for a request
  /// that was never made, one that was not refused, and one that is none of the caller's business.
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
        "no request of that name was refused, or you may not read the session that it was about");
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

  /// The subject of the log's line is a session, or a service of one.
  private static Optional<SessionName> session(RefusalReport report) {
    return report.action().endsWith("-session") || report.action().endsWith("-values")
        ? SessionName.parse(report.subject())
        : ServiceId.parse(report.subject()).map(ServiceId::session);
  }
}
