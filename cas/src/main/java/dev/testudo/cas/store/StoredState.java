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

/// What is in the database and what is known about it: the head, and what each caller holds. All of
/// it changes in transactions, one at a time. Used by one thread at a time.
final class StoredState implements AutoCloseable {
  /// How often something is run that another transaction keeps coming before.
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
          "the database was changed by somebody else than CAS: rows were changed, added, removed or put back;"
              + " put back a good copy of the state");
    }
  }

  /// Adds up what each creator holds. Without it nobody holds anything.
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

  /// Commits the transaction. Stores `after` if it is another head than before.
  void commit(Head after) throws SQLException, IOException {
    if (!after.equals(head())) {
      heads.save(after);
    }
    database.commit();
    holdings.commit();
    heads.isNow(after);
  }

  /// What is done in a transaction, its commit included.
  @FunctionalInterface
  interface Step<R> {
    R in(Transaction transaction) throws SQLException, IOException;
  }

  /// Runs `step` in a transaction, and again as long as another one comes first.
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

  /// Undoes whatever the transaction did.
  void undo() throws StoreException {
    holdings.undo();
    heads.forget();
    database.undo();
  }

  /// Returns what `e` means to callers.
  StoreException failed(SQLException e) {
    return database.failed(e);
  }

  @Override
  public void close() throws StoreException {
    database.close();
  }
}
