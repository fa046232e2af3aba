package dev.testudo.cas.attestation;

import dev.testudo.cas.audit.AuditEvent;
import dev.testudo.cas.caller.Caller;
import dev.testudo.cas.issue.Catalog;
import dev.testudo.cas.issue.Registered;
import dev.testudo.cas.issue.SecretKeeper;
import dev.testudo.cas.refusal.RefusalId;
import dev.testudo.cas.refusal.Refused;
import dev.testudo.cas.store.Outcome;
import dev.testudo.cas.store.Store;
import dev.testudo.cas.store.Transaction;
import dev.testudo.policy.decision.Claims;
import dev.testudo.policy.decision.Decision;
import dev.testudo.policy.decision.Isolation;
import dev.testudo.policy.session.Security;
import dev.testudo.policy.session.Service;
import dev.testudo.policy.session.SessionName;
import dev.testudo.trust.attest.Evidence;
import dev.testudo.trust.attest.ReportData;
import dev.testudo.trust.channel.AttestationRequest;
import dev.testudo.trust.channel.Configuration;
import dev.testudo.trust.json.MessageException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.time.InstantSource;
import java.util.Optional;

/// Gives a program its configuration if its evidence satisfies the policy it asks for.
public final class Attestation {
  private final Store store;
  private final Catalog catalog;
  private final SecretKeeper keeper;
  private final Nonces nonces;

  /// Serves what is in `store`. A delivery that cannot be logged is not made.
  public Attestation(
      Store store, Catalog catalog, SecretKeeper keeper, SecureRandom random, InstantSource clock) {
    this.store = store;
    this.catalog = catalog;
    this.keeper = keeper;
    this.nonces = new Nonces(random, clock);
  }

  /// A nonce for the key of `caller`: 64 hexadecimal digits.
  public String nonce(Caller caller) throws Refused {
    return nonces.issue(caller.requireKey());
  }

  /// The configuration for what `body` asks, bound to the key of `caller`.
  public byte[] attest(byte[] body, Caller caller) throws Refused, IOException {
    var service = "";
    try {
      var request = decode(body);
      service = request.service();
      demandBinding(request, caller);
      return store
          .deliver(Optional.of(caller), transaction -> deliver(transaction, request))
          .encode();
    } catch (Refused e) {
      store.note(caller, AuditEvent.Refused.of("attest", service, e));
      throw e;
    }
  }

  private static AttestationRequest decode(byte[] body) throws Refused {
    try {
      return AttestationRequest.decode(body);
    } catch (MessageException e) {
      throw new Refused(RefusalId.MALFORMED_REQUEST, String.valueOf(e.getMessage()));
    }
  }

  /// The evidence must speak of the key this very connection was made with, and of a nonce that was
  /// given to that key. Only then is the nonce used up: nobody voids somebody else's.
  private void demandBinding(AttestationRequest request, Caller caller) throws Refused {
    var key = caller.requireKey();
    var nonce = nonces.verified(request.nonce(), key).orElseThrow(Attestation::unknownNonce);
    var own = caller.requireCertificate().getPublicKey();
    if (!request.evidence().reportData().equals(ReportData.of(own, nonce))) {
      throw new Refused(
          RefusalId.ATTESTATION_REFUSED,
          "the evidence is not bound to the key of this connection and the nonce");
    }
    if (!nonces.use(request.nonce(), key)) {
      throw unknownNonce();
    }
  }

  private static Refused unknownNonce() {
    return new Refused(
        RefusalId.ATTESTATION_REFUSED,
        "the nonce is unknown, too old, used already, or was given to another key");
  }

  private Outcome<Configuration> deliver(Transaction transaction, AttestationRequest request)
      throws Refused, IOException {
    var slash = request.service().lastIndexOf('/');
    var name =
        slash < 0
            ? Optional.<SessionName>empty()
            : SessionName.parse(request.service().substring(0, slash));
    if (name.isEmpty()) {
      throw new Refused(
          RefusalId.UNKNOWN_SERVICE,
          "a service id is `<session>/<service>`, which this one is not");
    }
    var session =
        catalog
            .active(transaction, name.get())
            .orElseThrow(
                () ->
                    new Refused(
                        RefusalId.UNKNOWN_SESSION,
                        "there is no session `%s`".formatted(name.get())));
    var service =
        session
            .session()
            .service(request.service().substring(slash + 1))
            .orElseThrow(
                () ->
                    new Refused(
                        RefusalId.UNKNOWN_SERVICE,
                        "session `%s` has no such service".formatted(name.get())));
    var hardwareAttested = appraise(session, service, request);
    var delivery = new Delivery(session, service, keeper.open(transaction, session));
    var configuration = delivery.configuration(hardwareAttested);
    return Outcome.of(configuration, attested(request, configuration, delivery));
  }

  private static boolean appraise(Registered session, Service service, AttestationRequest request)
      throws Refused {
    var token =
        request
            .token()
            .map(t -> t.reveal(bytes -> new String(bytes, StandardCharsets.UTF_8)))
            .map(Security.AccessToken::new);
    var claims =
        switch (request.evidence()) {
          case Evidence.Software(var measurement, _) ->
              new Claims(Isolation.SOFTWARE, measurement.hex(), Optional.empty(), token);
        };
    return switch (Decision.of(session.session(), service, claims)) {
      case Decision.Accepted(var hardwareAttested) -> hardwareAttested;
      case Decision.Denied denied ->
          throw new Refused(
              RefusalId.ATTESTATION_REFUSED,
              "service `%s` does not satisfy session %s"
                  .formatted(request.service(), session.row().hash()),
              denied.reasons().stream().map(Decision.Reason::text).toList());
    };
  }

  private static AuditEvent attested(
      AttestationRequest request, Configuration configuration, Delivery delivery) {
    var measurement =
        switch (request.evidence()) {
          case Evidence.Software(var measured, _) -> measured.hex();
        };
    return new AuditEvent.Attested(
        request.service(),
        configuration.sessionHash(),
        request.evidence().kind(),
        measurement,
        configuration.hardwareAttested(),
        delivery.secrets());
  }
}
