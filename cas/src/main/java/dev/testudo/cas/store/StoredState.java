package dev.testudo.cas.store;

import dev.testudo.cas.store.database.ConflictException;
import dev.testudo.cas.store.database.Database;
import dev.testudo.cas.store.database.StoreException;
import dev.testudo.cas.store.log.Head;
import dev.testudo.cas.store.log.StoredHead;
import dev.testudo.cas.store.seal.Sealer;
import dev.testudo.cas.store.seal.StateDigest;
import java.io.IOException;
import java.sql.Connection;
import java.sql.SQLException;

/// The content of the database and what is known about it: the head, and the storage of each
/// creator. All of it changes in transactions, one at a time. Not thread-safe.
final class StoredState implements AutoCloseable {
  /// The most attempts of a transaction that others keep conflicting with.
  static final int MOST_RUNS = 32;

  private final Database database;
  private final Sealer sealer;
  private final StateDigest digest;
  private final StoredHead heads;
  private Holdings holdings = new Holdings();

  StoredState(Database database, Sealer sealer, StateDigest digest) {
    this.database = database;
    this.sealer = sealer;
    this.digest = digest;
    this.heads = new StoredHead(database, sealer);
  }

  /// Checks that the rows are the ones that the head was computed from.
  ///
  /// @throws StoreException if they are not
  void check() throws SQLException, IOException {
    if (!Transaction.sum(connection(), digest).equals(head().state())) {
      throw new StoreException(
          StoreException.Reason.CHANGED_ROWS,
          "the database was not changed by CAS alone: rows were changed, added, removed or restored;"
              + " restore a good copy of the state");
    }
  }

  /// Computes the storage of each creator. Before this call it counts as zero.
  void countHoldings() throws SQLException, IOException {
    holdings = Holdings.of(connection(), sealer);
  }

  Holdings holdings() {
    return holdings;
  }

  Connection connection() {
    return database.connection();
  }

  /// Returns the head as of the last commit.
  Head head() throws SQLException, IOException {
    return heads.current();
  }

  /// Begins a transaction, which ends with [#commit] or [#undo].
  Transaction begin() throws SQLException, IOException {
    database.begin();
    return new Transaction(database, sealer, digest, head().state(), holdings);
  }

  /// Commits the transaction. Stores `after` if it differs from the head before.
  void commit(Head after) throws SQLException, IOException {
    if (!after.equals(head())) {
      heads.save(after);
    }
    database.commit();
    holdings.commit();
    heads.isNow(after);
  }

  /// The steps of a transaction, including its commit.
  @FunctionalInterface
  interface Step<R> {
    R in(Transaction transaction) throws SQLException, IOException;
  }

  /// Runs `step` in a transaction, and again if another transaction conflicts with it.
  <R> R within(Step<R> step) throws IOException {
    for (var left = MOST_RUNS; ; left--) {
      var done = false;
      try {
        var result = step.in(begin());
        done = true;
        return result;
      } catch (SQLException e) {
        var failure = failed(e);
        if (left == 0 || !(failure instanceof ConflictException)) {
          throw failure;
        }
      } finally {
        if (!done) {
          undo();
        }
      }
    }
  }

  /// Rolls the transaction back.
  void undo() throws StoreException {
    holdings.undo();
    heads.forget();
    database.undo();
  }

  /// Returns the meaning of `e` to callers.
  StoreException failed(SQLException e) {
    return database.failed(e);
  }

  @Override
  public void close() throws StoreException {
    database.close();
  }
}
