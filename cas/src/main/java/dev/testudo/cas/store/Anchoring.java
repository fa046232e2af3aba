package dev.testudo.cas.store;

import dev.testudo.cas.health.Health;
import dev.testudo.cas.store.database.AnchorUnavailableException;
import dev.testudo.cas.store.database.StoreException;
import dev.testudo.cas.store.log.AuditTrail;
import dev.testudo.cas.store.log.Head;
import java.io.IOException;

/// Makes the heads of the store durable outside the state, if it has an anchor. Guarded by the lock
/// of the store.
final class Anchoring {
  /// The most commits that the anchor may not have, because it failed. A head shows that it
  /// continues an anchored one for twice as many.
  private static final int MOST_BEHIND = 16;

  private final AuditTrail audit;
  private final StoredState state;
  private final Health health;
  private int behind;

  Anchoring(AuditTrail audit, StoredState state, Health health) {
    this.audit = audit;
    this.state = state;
    this.health = health;
  }

  /// Makes a committed head durable. If that fails, no answer leaves, although the work is
  /// committed. No transaction is open.
  void anchor(Head head) throws StoreException {
    behind++;
    anchor(head, state::newestHead);
  }

  /// Checks within a transaction that the anchor is not so far behind that its commit could not be
  /// shown to continue the anchored one.
  ///
  /// @param before the head before the transaction
  void demandRoom(Head before) throws StoreException {
    if (behind >= MOST_BEHIND) {
      anchor(before, state::head);
    }
  }

  private void anchor(Head head, AuditTrail.Newest newest) throws StoreException {
    try {
      audit.anchor(state::connection, newest, head);
      behind = 0;
      health.works(Health.Cause.ANCHOR_FAILED);
    } catch (IOException e) {
      var message = "the anchor of the audit log cannot be written: " + e.getMessage();
      health.failing(Health.Cause.ANCHOR_FAILED, message);
      throw e instanceof StoreException
          ? new StoreException(message, e)
          : new AnchorUnavailableException(message, e);
    }
  }
}
