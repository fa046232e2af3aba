package dev.testudo.cas.attestation;

import dev.testudo.cas.caller.Caller;
import dev.testudo.cas.catalog.Catalog;
import dev.testudo.cas.catalog.Registered;
import dev.testudo.cas.issue.SecretMaker;
import dev.testudo.cas.refusal.RefusalId;
import dev.testudo.cas.refusal.Refused;
import dev.testudo.cas.store.Transaction;
import dev.testudo.policy.decision.Claims;
import dev.testudo.policy.decision.Decision;
import dev.testudo.policy.decision.JoinToken;
import dev.testudo.policy.decision.OneTimePassword;
import dev.testudo.policy.session.Service;
import dev.testudo.policy.session.ServiceId;
import java.io.IOException;

/// Recognises instances of services that have attested before, by their keys and tickets, and
/// applies the present policy to them.
public final class AttestedInstances {
  private final Catalog catalog;
  private final SecretMaker maker;
  private final Tickets tickets;
  private final LeaseTickets leases;

  AttestedInstances(Catalog catalog, SecretMaker maker, Tickets tickets, LeaseTickets leases) {
    this.catalog = catalog;
    this.maker = maker;
    this.tickets = tickets;
    this.leases = leases;
  }

  /// A caller whose ticket is its own.
  public static final class Instance {
    private final LeaseTickets.Said said;

    private Instance(LeaseTickets.Said said) {
      this.said = said;
    }

    /// Returns the service that it attested as.
    public ServiceId service() {
      return said.service();
    }
  }

  /// An instance that the present policy accepts.
  ///
  /// @param session the active revision of its session
  public record Accepted(ServiceId id, Registered session, Service service) {}

  /// Returns the instance that calls. Looks nothing up, so that it costs a stranger's request next
  /// to nothing.
  ///
  /// @throws Refused if the ticket is not one of the caller's key
  public Instance recognise(String ticket, Caller caller) throws Refused {
    return new Instance(
        leases
            .open(caller.requireKey(), ticket)
            .orElseThrow(
                () ->
                    new Refused(
                        RefusalId.TICKET_REFUSED, "the ticket is not one of the caller's key")));
  }

  /// Applies the present policy to an instance.
  ///
  /// @throws Refused if it does not accept the instance any more, or cannot be known now
  public Accepted accepted(Transaction transaction, Instance instance) throws Refused, IOException {
    var said = instance.said;
    var named = Named.of(transaction, catalog, said.service().toString());
    if (!named.session().row().creator().equals(said.creator())) {
      throw new Refused(
          RefusalId.TICKET_REFUSED,
          "session `%s` was created anew since the instance attested"
              .formatted(said.service().session()));
    }
    var judged = named.judged(transaction, maker);
    var token =
        judged
            .policy()
            .security()
            .accessToken()
            .filter(
                required ->
                    said.shown()
                        .accessToken()
                        .filter(tickets.digest(required)::equals)
                        .isPresent());
    var claims =
        new Claims(
            said.claims(),
            token,
            said.shown().joinToken() ? JoinToken.GOOD : JoinToken.NONE,
            said.shown().password() ? OneTimePassword.GOOD : OneTimePassword.NONE);
    // Documents had to be valid when the instance showed its evidence, which it does not show
    // again.
    return switch (Decision.of(judged.policy(), judged.named().service(), claims, said.at())) {
      case Decision.Accepted _ ->
          new Accepted(said.service(), judged.named().session(), judged.named().service());
      case Decision.Denied denied ->
          throw new Refused(
              RefusalId.TICKET_REFUSED,
              "service `%s` does not satisfy session %s any more"
                  .formatted(said.service(), named.session().row().hash()),
              denied.lines());
    };
  }
}
