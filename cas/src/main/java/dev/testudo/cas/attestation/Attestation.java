package dev.testudo.cas.attestation;

import dev.testudo.cas.attestation.Named.Judged;
import dev.testudo.cas.audit.AcceptedEvidence;
import dev.testudo.cas.audit.AuditEvent;
import dev.testudo.cas.caller.Caller;
import dev.testudo.cas.catalog.Catalog;
import dev.testudo.cas.issue.Lifetimes;
import dev.testudo.cas.issue.SecretMaker;
import dev.testudo.cas.refusal.RefusalId;
import dev.testudo.cas.refusal.Refused;
import dev.testudo.cas.store.Outcome;
import dev.testudo.cas.store.Store;
import dev.testudo.cas.store.Transaction;
import dev.testudo.cas.token.Guesses;
import dev.testudo.cas.token.PresentedPassword;
import dev.testudo.cas.token.PresentedPassword.Presented;
import dev.testudo.cas.token.PresentedToken;
import dev.testudo.policy.decision.Claims;
import dev.testudo.policy.decision.Decision;
import dev.testudo.policy.decision.JoinToken;
import dev.testudo.policy.decision.OneTimePassword;
import dev.testudo.policy.decision.Remark;
import dev.testudo.policy.session.Security;
import dev.testudo.policy.session.Session;
import dev.testudo.trust.attest.evidence.EvidenceException;
import dev.testudo.trust.attest.evidence.ReportData;
import dev.testudo.trust.attest.evidence.Verification.Rejected;
import dev.testudo.trust.attest.evidence.Verification.Verified;
import dev.testudo.trust.channel.AttestationRequest;
import dev.testudo.trust.channel.Configuration;
import dev.testudo.trust.channel.CredentialRequest;
import dev.testudo.trust.channel.Renewal;
import dev.testudo.trust.json.MessageException;
import dev.testudo.trust.secret.Secret;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Optional;
import java.util.function.Function;

/// Attests programs: delivers a program's configuration if its evidence satisfies the policy.
public final class Attestation {
  private final Store store;
  private final Catalog catalog;
  private final SecretMaker maker;
  private final InstantSource clock;
  private final EvidenceVerification evidence;
  private final Nonces nonces;
  private final Guesses guesses;
  private final Tickets tickets;
  private final LeaseTickets leases;
  private final TpmChallenges challenges;

  /// Creates the service on top of `store`. A delivery that cannot be logged is not made.
  ///
  /// @param evidence verifies what callers show
  public Attestation(
      Store store,
      Catalog catalog,
      SecretMaker maker,
      EvidenceVerification evidence,
      SecureRandom random,
      InstantSource clock)
      throws IOException {
    this.store = store;
    this.catalog = catalog;
    this.maker = maker;
    this.clock = clock;
    this.evidence = evidence;
    this.nonces = new Nonces(random, clock);
    this.guesses = new Guesses(clock);
    var key = TicketKey.of(store, random);
    this.tickets = new Tickets(key, clock);
    this.leases = new LeaseTickets(key);
    this.challenges = new TpmChallenges(key, random);
  }

  /// Returns what recognises the instances that attest here.
  public AttestedInstances instances() {
    return new AttestedInstances(catalog, maker, tickets, leases);
  }

  /// Returns a nonce for the key of `caller`: 64 hexadecimal digits.
  public String nonce(Caller caller) throws Refused {
    return nonces.issue(caller.requireKey());
  }

  /// Returns what only a TPM with the keys in `body` can open.
  ///
  /// @throws Refused if a key is of a kind that is not supported
  public byte[] challenge(byte[] body, Caller caller) throws Refused {
    caller.requireKey();
    try {
      return challenges.challenge(CredentialRequest.decode(body)).encode();
    } catch (MessageException e) {
      throw new Refused(RefusalId.MALFORMED_REQUEST, String.valueOf(e.getMessage()));
    } catch (EvidenceException e) {
      throw new Refused(RefusalId.MALFORMED_REQUEST, e.reason());
    }
  }

  /// Returns the configuration that `body` asks for, bound to the key of `caller`.
  ///
  /// @throws Refused if the caller is not attested. The refusal tells nothing more; the audit log
  ///     has the reasons.
  public byte[] attest(byte[] body, Caller caller) throws Refused, IOException {
    var service = "";
    var renews = false;
    try {
      var request = decode(body);
      renews = request.renewal().isPresent();
      var asked = Asked.of(request.service());
      service = asked.service();
      var attempt = new PresentedPassword.Try(guesses);
      var verified = verify(request, caller);
      return store
          .deliver(
              Optional.of(caller),
              transaction -> deliver(transaction, request, verified, caller, attempt))
          .encode();
    } catch (Refused e) {
      store.note(
          caller,
          renews
              ? AuditEvent.Refused.of("renew", service, e)
              : AuditEvent.Refused.of("attest", service, e));
      throw Stranger.answer(e);
    }
  }

  private static AttestationRequest decode(byte[] body) throws Refused {
    try {
      return AttestationRequest.decode(body);
    } catch (MessageException e) {
      throw new Refused(RefusalId.MALFORMED_REQUEST, String.valueOf(e.getMessage()));
    }
  }

  /// Verifies evidence. It must be bound to the key of this connection and to a nonce issued to
  /// that key. Only evidence that is so bound uses up the nonce, so that nobody can void the
  /// nonce of somebody else.
  private Verified verify(AttestationRequest request, Caller caller) throws Refused, IOException {
    var key = caller.requireKey();
    var nonce = nonces.verified(request.nonce(), key).orElseThrow(Attestation::unknownNonce);
    var expected = ReportData.of(caller.requireCertificate().getPublicKey(), nonce);
    var verification = evidence.verify(request.evidence(), expected, challenges, caller);
    return switch (verification) {
      case Rejected(var id, var reason, _, _) ->
          throw new Refused(RefusalId.ATTESTATION_REFUSED, "%s: %s".formatted(id.text(), reason));
      case Verified verified when nonces.use(request.nonce(), key) -> verified;
      case Verified _ -> throw unknownNonce();
    };
  }

  private static Refused unknownNonce() {
    return new Refused(
        RefusalId.ATTESTATION_REFUSED,
        "the nonce is unknown, too old, used already, or was given to another key");
  }

  private Outcome<Configuration> deliver(
      Transaction transaction,
      AttestationRequest request,
      Verified verified,
      Caller caller,
      PresentedPassword.Try attempt)
      throws Refused, IOException {
    var asked = Asked.of(request.service());
    var judged = Named.of(transaction, catalog, asked.service()).judged(transaction, maker);
    var named = judged.named();
    if (request.renewal().isPresent()) {
      return renewed(transaction, judged, verified, caller, request.renewal().get());
    }
    var token =
        PresentedToken.of(
            transaction, named.id(), request.token(), caller.requireKey(), clock.instant());
    var claims =
        new Claims(verified.claims(), request.token().map(Attestation::accessToken), token.claim());
    // A password is looked at only if everything else is as it must be: nobody else can guess.
    appraise(judged.policy(), named, verified, claims.with(OneTimePassword.GOOD));
    var presented = new Presented(asked.password(), caller.requireKey(), clock.instant());
    var password = new PasswordCheck(maker, transaction, attempt).of(named, presented);
    var accepted =
        appraise(
            judged.policy(),
            named,
            verified,
            claims.with(password.map(PresentedPassword::claim).orElse(OneTimePassword.NONE)));
    if (password.isPresent()) {
      password.get().use(transaction);
    }
    var delivery = delivery(transaction, named, verified);
    var shown =
        new Tickets.Shown(
            accepted.redeems(),
            password.isPresent(),
            judged.policy().security().accessToken().map(tickets::digest));
    var instance = instance(named, verified, caller);
    var configuration =
        delivery.configuration(
            accepted.hardwareAttested(),
            renewals(instance, shown),
            () -> lease(instance, verified, shown));
    var redeemed =
        accepted.redeems() ? Optional.of(token.redeem(transaction)) : Optional.<String>empty();
    return Outcome.of(
        configuration,
        new AuditEvent.Attested(
            named.id().toString(),
            configuration.origin().hash(),
            evidence(verified, accepted),
            redeemed,
            delivery.secrets()));
  }

  /// Returns the present configuration to an instance that has attested before. Its evidence must
  /// satisfy the present policy; its ticket stands for what counts for one start only.
  private Outcome<Configuration> renewed(
      Transaction transaction, Judged judged, Verified verified, Caller caller, String ticket)
      throws Refused, IOException {
    var named = judged.named();
    var instance = instance(named, verified, caller);
    var shown =
        tickets
            .open(instance, ticket)
            .orElseThrow(
                () ->
                    new Refused(
                        RefusalId.ATTESTATION_REFUSED,
                        "the ticket is not one of this instance, or its values ended more than %d h"
                                .formatted(Tickets.AFTER_THE_END.toHours())
                            + " ago"));
    var token =
        judged
            .policy()
            .security()
            .accessToken()
            .filter(required -> shown.accessToken().equals(Optional.of(tickets.digest(required))));
    var claims =
        new Claims(
            verified.claims(),
            token,
            shown.joinToken() ? JoinToken.GOOD : JoinToken.NONE,
            shown.password() ? OneTimePassword.GOOD : OneTimePassword.NONE);
    var accepted = appraise(judged.policy(), named, verified, claims);
    var delivery = delivery(transaction, named, verified);
    var configuration =
        delivery.configuration(
            accepted.hardwareAttested(),
            renewals(instance, shown),
            () -> lease(instance, verified, shown));
    return Outcome.of(
        configuration,
        new AuditEvent.Renewed(
            named.id().toString(),
            configuration.origin().hash(),
            evidence(verified, accepted),
            delivery.secrets()));
  }

  private static AcceptedEvidence evidence(Verified verified, Decision.Accepted accepted) {
    return new AcceptedEvidence(
        verified.claims().isolation().toString(),
        verified.claims().measurement(),
        accepted.hardwareAttested(),
        accepted.remarks().stream().map(Remark::text).toList());
  }

  private Delivery delivery(Transaction transaction, Named named, Verified verified)
      throws Refused, IOException {
    var identity = Optional.of(verified.claims().measurement());
    return new Delivery(
        named.session(),
        named.service(),
        maker.open(transaction, named.session(), identity),
        verified.claims().measurement());
  }

  private static Tickets.Instance instance(Named named, Verified verified, Caller caller)
      throws Refused {
    return new Tickets.Instance(
        named.id(),
        named.session().row().creator(),
        caller.requireKey(),
        verified.claims().measurement());
  }

  private String lease(Tickets.Instance instance, Verified verified, Tickets.Shown shown) {
    return leases.issue(
        instance.key(),
        new LeaseTickets.Said(
            instance.service(), instance.creator(), clock.instant(), verified.claims(), shown));
  }

  private Function<Lifetimes.Span, Renewal> renewals(
      Tickets.Instance instance, Tickets.Shown shown) {
    return span ->
        new Renewal(
            tickets.issue(instance, shown, span.end()), until(span.due()), until(span.end()));
  }

  /// Returns the time until `then` in whole seconds, rounded up: before, there is nothing new.
  private Duration until(Instant then) {
    var left = Duration.between(clock.instant(), then).plusSeconds(1).minusNanos(1);
    return left.isNegative() ? Duration.ZERO : Duration.ofSeconds(left.toSeconds());
  }

  private Decision.Accepted appraise(Session policy, Named named, Verified verified, Claims claims)
      throws Refused {
    return switch (Decision.of(policy, named.service(), claims, clock.instant())) {
      case Decision.Accepted accepted -> accepted;
      case Decision.Denied denied ->
          throw new Refused(
              RefusalId.ATTESTATION_REFUSED,
              "service `%s` (%s) does not satisfy session %s"
                  .formatted(named.id(), verified.detail(), named.session().row().hash()),
              denied.lines());
    };
  }

  private static Security.AccessToken accessToken(Secret token) {
    return Security.AccessToken.of(
        token.reveal(bytes -> new String(bytes, StandardCharsets.UTF_8)));
  }
}
