package dev.testudo.cas.token;

import dev.testudo.cas.store.Transaction;
import dev.testudo.policy.decision.JoinToken;
import dev.testudo.policy.session.ServiceId;
import dev.testudo.trust.pki.KeyHash;
import dev.testudo.trust.secret.Secret;
import java.io.IOException;
import java.time.Instant;
import java.util.Optional;

/// The token that an instance of a service presents, looked up among the join tokens of that
/// service. An object is for one transaction, so that the delivery and the use of the token are
/// committed together or not at all.
public final class PresentedToken {
  private final ServiceId service;
  private final KeyHash instance;
  private final Instant now;
  private final boolean presented;
  private final Optional<StoredToken> found;

  private PresentedToken(
      ServiceId service,
      KeyHash instance,
      Instant now,
      boolean presented,
      Optional<StoredToken> found) {
    this.service = service;
    this.instance = instance;
    this.now = now;
    this.presented = presented;
    this.found = found;
  }

  /// Looks up `token`. The time taken does not depend on its value.
  ///
  /// @param instance the key that the instance has proved to hold
  public static PresentedToken of(
      Transaction transaction,
      ServiceId service,
      Optional<Secret> token,
      KeyHash instance,
      Instant now)
      throws IOException {
    var hash = TokenText.hash(token.orElseGet(() -> Secret.ofText("")));
    var found = Optional.<StoredToken>empty();
    for (var row : transaction.joinTokens(service.session().value(), service.service())) {
      var stored = StoredToken.of(row);
      if (TokenText.same(stored.hash(), hash)) {
        found = Optional.of(stored);
      }
    }
    return new PresentedToken(service, instance, now, token.isPresent(), found);
  }

  /// Returns the state of the token, for appraisal.
  public JoinToken claim() {
    if (!presented) {
      return JoinToken.NONE;
    }
    if (found.isEmpty()) {
      return JoinToken.UNKNOWN;
    }
    var token = found.get();
    if (token.isRetry(instance, now)) {
      return JoinToken.GOOD;
    }
    if (token.isExpired(now)) {
      return JoinToken.EXPIRED;
    }
    return token.isUsedUp() ? JoinToken.USED_UP : JoinToken.GOOD;
  }

  /// Spends one use of the token. If this instance has joined with it within the last minute, no
  /// use is spent: the answer was lost and the instance asks again.
  ///
  /// @return the token's id
  public String redeem(Transaction transaction) throws IOException {
    var token = found.orElseThrow();
    if (!token.isRetry(instance, now)) {
      transaction.putJoinToken(token.usedBy(instance, now).row(service));
    }
    return token.id();
  }
}
