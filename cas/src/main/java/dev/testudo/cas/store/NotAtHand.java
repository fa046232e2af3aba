package dev.testudo.cas.store;

import dev.testudo.cas.store.database.StoreException;
import java.io.IOException;

/// A transaction needs something that takes long to compute, and everybody else waits for the store
/// meanwhile. The transaction is rolled back, the result is computed outside it, and the
/// transaction runs again.
public final class NotAtHand extends IOException {
  private static final long serialVersionUID = 1;

  private final transient Making making;

  /// Computes what the transaction needs.
  @FunctionalInterface
  public interface Making {
    /// Computes it and stores it where the transaction finds it.
    void run() throws StoreException;
  }

  /// Creates an exception; `making` computes what is needed.
  public NotAtHand(Making making) {
    super("not at hand", null);
    this.making = making;
  }

  void make() throws StoreException {
    making.run();
  }
}
