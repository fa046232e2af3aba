package dev.testudo.cas.token;

import dev.testudo.cas.access.Rights;
import dev.testudo.cas.audit.AuditEvent;
import dev.testudo.cas.caller.Caller;
import dev.testudo.cas.catalog.Catalog;
import dev.testudo.cas.catalog.Registered;
import dev.testudo.cas.refusal.RefusalId;
import dev.testudo.cas.refusal.Refused;
import dev.testudo.cas.session.Allowance;
import dev.testudo.cas.store.Outcome;
import dev.testudo.cas.store.Store;
import dev.testudo.cas.store.Transaction;
import dev.testudo.policy.session.ServiceId;
import dev.testudo.trust.channel.JoinTokenOrder;
import dev.testudo.trust.channel.JoinTokenStatus;
import dev.testudo.trust.channel.NewJoinToken;
import dev.testudo.trust.json.MessageException;
import java.io.IOException;
import java.security.SecureRandom;
import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/// Creates, lists and revokes join tokens. Callers with the right to update a session may create
/// and revoke the tokens of its services; callers with the right to read it may list them. Tokens
/// survive changes of their session.
public final class JoinTokens {
  /// The most tokens of one service, not counting those that are expired or used up.
  public static final int MOST = 32;

  private final Store store;
  private final Catalog catalog;
  private final Rights rights;
  private final Allowance allowance;
  private final SecureRandom random;
  private final InstantSource clock;

  /// Creates the service on top of `store`.
  public JoinTokens(
      Store store,
      Catalog catalog,
      Rights rights,
      Allowance allowance,
      SecureRandom random,
      InstantSource clock) {
    this.allowance = allowance;
    this.store = store;
    this.catalog = catalog;
    this.rights = rights;
    this.random = random;
    this.clock = clock;
  }

  /// Creates a token as `body` orders it. The answer is the only place where the
  /// token's value appears.
  ///
  /// @throws Refused if the caller may not update the session, or the token would be of no use
  public byte[] create(ServiceId service, byte[] body, Caller caller) throws Refused, IOException {
    try {
      var order = decode(body);
      try (var token =
          store.transact(
              Optional.of(caller), transaction -> create(transaction, service, order, caller))) {
        return token.encode();
      }
    } catch (Refused e) {
      store.note(caller, AuditEvent.Refused.of("create-token", service.toString(), e));
      throw e;
    }
  }

  private static JoinTokenOrder decode(byte[] body) throws Refused {
    try {
      return JoinTokenOrder.decode(body);
    } catch (MessageException e) {
      throw new Refused(RefusalId.MALFORMED_REQUEST, String.valueOf(e.getMessage()));
    }
  }

  private Outcome<NewJoinToken> create(
      Transaction transaction, ServiceId service, JoinTokenOrder order, Caller caller)
      throws Refused, IOException {
    var session = demand(transaction, service, caller, Rights.Right.UPDATE);
    demandUse(transaction, service);
    return allowance.within(
        transaction,
        service.session(),
        session.row().creator(),
        () -> make(transaction, service, order, caller));
  }

  private Outcome<NewJoinToken> make(
      Transaction transaction, ServiceId service, JoinTokenOrder order, Caller caller)
      throws Refused, IOException {
    var now = clock.instant().truncatedTo(ChronoUnit.SECONDS);
    makeRoom(transaction, service, now);
    var value = TokenText.make(random);
    var token =
        new StoredToken(
            TokenText.id(random),
            TokenText.hash(value),
            caller.requireKey().text(),
            now,
            now.plus(order.validFor()),
            order.uses(),
            0,
            List.of());
    transaction.putJoinToken(token.row(service));
    return Outcome.of(
        new NewJoinToken(token.id(), value, token.expires()),
        new AuditEvent.TokenCreated(service.toString(), token.id(), order.uses(), token.expires()));
  }

  /// Refuses a token that no attestation rule asks for: it would protect nothing, contrary to what
  /// its creator expects.
  private void demandUse(Transaction transaction, ServiceId service) throws Refused, IOException {
    var asks =
        catalog
            .active(transaction, service.session())
            .flatMap(session -> session.session().service(service.service()))
            .map(
                s ->
                    s.requirements().rules().stream()
                        .anyMatch(rule -> rule.joinToken() || rule.isOpen()));
    if (asks.isEmpty()) {
      throw new Refused(
          RefusalId.UNKNOWN_SERVICE,
          "session `%s` has no service `%s`".formatted(service.session(), service.service()));
    }
    if (!asks.get()) {
      throw new Refused(
          RefusalId.WITHOUT_EFFECT,
          "no rule of service `%s` says `join_token: required`, so a token would have no effect"
              .formatted(service));
    }
  }

  /// Removes tokens that are over, and refuses if too many remain.
  private static void makeRoom(Transaction transaction, ServiceId service, Instant now)
      throws Refused, IOException {
    var left = 0;
    for (var row : transaction.joinTokens(service.session().value(), service.service())) {
      var token = StoredToken.of(row);
      if (!token.isOver(now)) {
        left++;
      } else if (!token.isAskedAgain(now)) {
        transaction.removeJoinToken(row);
      }
    }
    if (left >= MOST) {
      throw new Refused(
          RefusalId.FULL,
          "service `%s` has %d tokens already; revoke some".formatted(service, left));
    }
  }

  /// Returns the tokens of a service.
  ///
  /// @throws Refused if the caller may not read the session
  public byte[] list(ServiceId service, Caller caller) throws Refused, IOException {
    try {
      return JoinTokenStatus.encode(
          store.read(
              transaction -> {
                demand(transaction, service, caller, Rights.Right.READ);
                return list(transaction, service);
              }));
    } catch (Refused e) {
      store.note(caller, AuditEvent.Refused.of("list-tokens", service.toString(), e));
      throw e;
    }
  }

  private static List<JoinTokenStatus> list(Transaction transaction, ServiceId service)
      throws IOException {
    var tokens = new ArrayList<JoinTokenStatus>();
    for (var row : transaction.joinTokens(service.session().value(), service.service())) {
      tokens.add(StoredToken.of(row).status());
    }
    tokens.sort(Comparator.comparing(JoinTokenStatus::created).thenComparing(JoinTokenStatus::id));
    return tokens;
  }

  /// Revokes a token of a service. No instance can join with it any more; instances that have
  /// joined keep running.
  ///
  /// @throws Refused if the caller may not update the session, or there is no such token
  public void revoke(ServiceId service, String id, Caller caller) throws Refused, IOException {
    try {
      store.transact(Optional.of(caller), transaction -> revoke(transaction, service, id, caller));
    } catch (Refused e) {
      store.note(caller, AuditEvent.Refused.of("revoke-token", service.toString(), e));
      throw e;
    }
  }

  private Outcome<String> revoke(
      Transaction transaction, ServiceId service, String id, Caller caller)
      throws Refused, IOException {
    demand(transaction, service, caller, Rights.Right.UPDATE);
    for (var row : transaction.joinTokens(service.session().value(), service.service())) {
      if (row.id().equals(id)) {
        transaction.removeJoinToken(row);
        return Outcome.of(id, new AuditEvent.TokenRevoked(service.toString(), id));
      }
    }
    throw new Refused(
        RefusalId.UNKNOWN_TOKEN, "service `%s` has no token `%s`".formatted(service, id));
  }

  private Registered demand(
      Transaction transaction, ServiceId service, Caller caller, Rights.Right right)
      throws Refused, IOException {
    var session =
        catalog
            .active(transaction, service.session())
            .orElseThrow(
                () ->
                    new Refused(
                        RefusalId.UNKNOWN_SESSION,
                        "there is no session `%s`".formatted(service.session())));
    rights.demand(transaction, session, right, caller.requireKey());
    return session;
  }
}
