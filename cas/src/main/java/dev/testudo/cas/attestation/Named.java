package dev.testudo.cas.attestation;

import dev.testudo.cas.catalog.Catalog;
import dev.testudo.cas.catalog.Registered;
import dev.testudo.cas.refusal.RefusalId;
import dev.testudo.cas.refusal.Refused;
import dev.testudo.cas.store.Transaction;
import dev.testudo.policy.session.Service;
import dev.testudo.policy.session.ServiceId;
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
                        "session `%s` has no such service".formatted(id.session())));
    return new Named(id, session, service);
  }
}
