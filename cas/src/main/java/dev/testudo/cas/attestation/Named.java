package dev.testudo.cas.attestation;

import dev.testudo.cas.catalog.Catalog;
import dev.testudo.cas.catalog.Registered;
import dev.testudo.cas.issue.SecretMaker;
import dev.testudo.cas.refusal.RefusalId;
import dev.testudo.cas.refusal.Refused;
import dev.testudo.cas.store.Transaction;
import dev.testudo.policy.session.Service;
import dev.testudo.policy.session.ServiceId;
import dev.testudo.policy.session.Session;
import dev.testudo.policy.source.Spelling;
import java.io.IOException;

/// The service that a request names, and its active session.
record Named(ServiceId id, Registered session, Service service) {
  static Named of(Transaction transaction, Catalog catalog, String text)
      throws Refused, IOException {
    var id =
        ServiceId.parse(text)
            .orElseThrow(
                () ->
                    new Refused(
                        RefusalId.UNKNOWN_SERVICE,
                        "the service id is not of the form `<session>/<service>`"));
    var session =
        catalog
            .active(transaction, id.session())
            .orElseThrow(
                () ->
                    new Refused(
                        RefusalId.UNKNOWN_SESSION,
                        "there is no session `%s`".formatted(id.session())));
    var service =
        session
            .session()
            .service(id.service())
            .orElseThrow(
                () ->
                    new Refused(
                        RefusalId.UNKNOWN_SERVICE,
                        "session `%s` has no such service%s"
                            .formatted(id.session(), similar(session, id))));
    return new Named(id, session, service);
  }

  /// Returns the service that is spelled similarly, for those who may read the session.
  private static String similar(Registered session, ServiceId id) {
    var names = session.session().services().stream().map(Service::name).toList();
    return Spelling.nearest(id.service(), names).map("; did you mean `%s`?"::formatted).orElse("");
  }

  /// A service with all that its evidence is judged by.
  ///
  /// @param named the service of the session with values for the placeholders in its structure
  /// @param policy the same session with its tokens
  record Judged(Named named, Session policy) {}

  /// Returns the service with the current values of the placeholders in its session's policy.
  ///
  /// @throws Refused with [RefusalId#ATTESTATION_REFUSED] if a value is not available or does not
  ///     fit: the caller is not attested yet, so it does not learn that
  Judged judged(Transaction transaction, SecretMaker maker) throws Refused, IOException {
    try {
      var completed = maker.completed(transaction, session);
      // Services are known by name, so that completing a session changes none of them.
      var same = completed.session().service(service.name()).orElseThrow();
      return new Judged(
          new Named(id, completed, same), new ExpandedPolicy(maker, transaction).of(completed));
    } catch (Refused e) {
      throw new Refused(RefusalId.ATTESTATION_REFUSED, e.message(), e.problems());
    }
  }
}
