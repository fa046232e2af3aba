package dev.testudo.cas.store;

/// A query that runs beside the transactions needs what only a transaction has, such as the storage
/// of each creator, or writes. It must run as a transaction, in its turn.
final class NeedsTurn extends RuntimeException {
  private static final long serialVersionUID = 1;

  NeedsTurn() {
    super("needs a transaction", null, false, false);
  }
}
