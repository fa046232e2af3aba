package dev.testudo.cas.issue;

import dev.testudo.cas.refusal.RefusalId;
import dev.testudo.cas.refusal.Refused;
import dev.testudo.cas.store.Transaction;
import java.io.IOException;
import java.security.SecureRandom;
import java.time.InstantSource;
import java.util.Optional;

/// Makes the secrets of sessions, exactly once, and opens them for those who may have them.
public final class SecretKeeper {
  private final Catalog catalog;
  private final Issuing issuing;

  /// Keeps the secrets of the sessions in `catalog`.
  public SecretKeeper(Catalog catalog, SecureRandom random, InstantSource clock) {
    this.catalog = catalog;
    this.issuing = new Issuing(random, clock);
  }

  /// Gives a revision just added to the store its secrets: taken over from `predecessor` where the
  /// language says so, else made.
  ///
  /// Certificates that need something imported which is not there yet are made when a service asks
  /// for them: sessions that import from each other have to be registered one after the other.
  public void complete(
      Transaction transaction, Registered session, Optional<Registered> predecessor)
      throws Refused, IOException {
    var wallet = new Wallets(transaction, catalog, issuing, true).of(session, predecessor);
    for (var secret : session.session().secrets()) {
      try {
        wallet.value(secret);
      } catch (Refused e) {
        if (e.id() != RefusalId.SECRET_UNAVAILABLE) {
          throw e;
        }
      }
    }
  }

  /// The values of `session`.
  public Wallet open(Transaction transaction, Registered session) throws Refused, IOException {
    return new Wallets(transaction, catalog, issuing, true).of(session, Optional.empty());
  }

  /// The values of `session` as they are: none is made or renewed, nothing is stored. A certificate
  /// may have expired, and what was never made cannot be had.
  public Wallet peek(Transaction transaction, Registered session) throws Refused, IOException {
    return new Wallets(transaction, catalog, issuing, false).of(session, Optional.empty());
  }
}
