package dev.testudo.cas.store;

import dev.testudo.cas.store.database.StoreException;
import java.io.IOException;

/// Work in a transaction lacks something that takes long to make, and everybody else waits for the
/// store. The transaction is undone, what is lacking is made, and the work is done again.
public final class NotAtHand extends IOException {
  private static final long serialVersionUID = 1;

  private final transient Making making;

  /// Makes what is lacking.
  @FunctionalInterface
  public interface Making {
    /// Makes it and puts it where the work finds it.
    void run() throws StoreException;
  }

  /// What is lacking is made by `making`.
  public NotAtHand(Making making) {
    super("not at hand", null);
    this.making = making;
  }

  void make() throws StoreException {
    making.run();
  }
}
