package dev.testudo.cas.store;

import dev.testudo.cas.store.database.ConflictException;
import dev.testudo.cas.store.database.Database;
import dev.testudo.cas.store.database.StoreException;
import dev.testudo.cas.store.database.UnknownOutcomeException;
import dev.testudo.cas.store.log.AuditTable;
import dev.testudo.cas.store.log.Head;
import dev.testudo.cas.store.log.StoredHead;
import dev.testudo.cas.store.seal.Sealer;
import dev.testudo.cas.store.seal.StateDigest;
import java.io.IOException;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.Optional;

/// The content of the database and what is known about it: the head, and the storage of each
/// creator. All of it changes in transactions, one at a time. Not thread-safe.
final class StoredState implements AutoCloseable {
  /// The most attempts of a transaction that others keep conflicting with.
  static final int MOST_RUNS = 32;

  private final Database database;
  private final Sealer sealer;
  private final StateDigest digest;
  private final StoredHead heads;
  private final SharedChanges changes = new SharedChanges();
  private Holdings holdings = new Holdings();

  /// The head that the holdings were computed from; empty before that.
  private Optional<Head> followed = Optional.empty();

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
    if (!Tables.sum(connection(), digest).equals(head().state())) {
      throw new StoreException(
          StoreException.Reason.CHANGED_ROWS,
          "the database was not changed by CAS alone: rows were changed, added, removed or restored;"
              + " restore a good copy of the state");
    }
  }

  /// Computes the storage of each creator. Before this call it counts as zero.
  void countHoldings() throws SQLException, IOException {
    holdings = Holdings.of(connection(), sealer);
    followed = Optional.of(head());
    if (database.isShared()) {
      changes.skip(connection());
    }
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

  /// Begins a transaction and returns its first member.
  Transaction begin() throws SQLException, IOException {
    beginBatch();
    return member(head());
  }

  /// Begins a transaction, which ends with [#commit] or [#undo].
  void beginBatch() throws SQLException, IOException {
    database.begin();
    if (database.isShared()) {
      heads.forget();
      follow(head());
    }
  }

  /// Returns access to the running transaction for a further member.
  ///
  /// @param head the head after the members before it
  Transaction member(Head head) {
    return new Transaction(database, sealer, digest, head.state(), holdings);
  }

  /// Marks the place to which [#undoTo] returns.
  int mark() throws SQLException {
    run("SAVEPOINT member");
    return holdings.mark();
  }

  /// Forgets the last mark.
  void release() throws SQLException {
    run("RELEASE SAVEPOINT member");
  }

  /// Undoes what was done since `mark` within the running transaction.
  ///
  /// @throws SQLException if the whole transaction is lost
  void undoTo(int mark) throws SQLException {
    run("ROLLBACK TO SAVEPOINT member");
    run("RELEASE SAVEPOINT member");
    holdings.undo(mark);
  }

  private void run(String sql) throws SQLException {
    try (var statement = connection().createStatement()) {
      statement.execute(sql);
    }
  }

  /// Brings what is known up to the head of the database, which another process may have changed.
  ///
  /// @throws StoreException if it is not a successor of the one that was known
  private void follow(Head now) throws SQLException, IOException {
    if (followed.isEmpty() || followed.get().equals(now)) {
      return;
    }
    AuditTable.requireSuccessor(connection(), followed.get(), now);
    var changed = changes.next(connection());
    if (changed.isEmpty()) {
      holdings = Holdings.of(connection(), sealer);
    } else {
      for (var session : changed.get()) {
        holdings.reload(session, connection(), sealer);
      }
    }
    // Not before: if the connection was lost meanwhile, they are read again.
    changes.areSeen();
    followed = Optional.of(now);
  }

  /// Commits the transaction. Stores `made` if it differs from the head before.
  ///
  /// @return the head that is stored now, which also counts the commit
  /// @throws ConflictException if the connection was lost and the transaction was not committed
  Head commit(Head made) throws SQLException, IOException {
    var before = head();
    var after = made.committedAfter(before);
    if (!after.equals(before)) {
      heads.save(after);
    }
    if (database.isShared()) {
      changes.save(connection(), holdings.changed());
    }
    try {
      database.commit();
    } catch (UnknownOutcomeException e) {
      if (!isCommitted(before, after)) {
        throw new ConflictException(e);
      }
    }
    holdings.commit();
    changes.areSeen();
    heads.isNow(after);
    followed = followed.map(_ -> after);
    return after;
  }

  /// Returns the head that the database has now. No transaction is open.
  Head newestHead() throws SQLException, IOException {
    if (!database.isShared()) {
      return head();
    }
    database.beginReading();
    try {
      heads.forget();
      return head();
    } finally {
      database.undo();
    }
  }

  /// Finds out whether a transaction was committed whose commit lost the connection.
  private boolean isCommitted(Head before, Head after) throws SQLException, IOException {
    database.begin();
    try {
      heads.forget();
      var now = head();
      if (now.equals(after) || now.equals(before)) {
        return now.equals(after);
      }
      if (after.sequence() > before.sequence() && after.sequence() >= now.first()) {
        return after.sequence() <= now.sequence()
            && AuditTable.isLine(connection(), after.sequence(), after.hash(), now);
      }
      throw new StoreException(
          "the connection to the database was lost during a commit; whether the change was made is not known");
    } finally {
      database.undo();
    }
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
      } catch (ConflictException e) {
        if (left == 0) {
          throw e;
        }
      } finally {
        if (!done) {
          undo();
        }
      }
    }
  }

  /// A query over several tables.
  @FunctionalInterface
  interface Query {
    void run() throws SQLException, IOException;
  }

  /// Runs `query` on one snapshot, which no other process changes.
  void reading(Query query) throws SQLException, IOException {
    database.beginReading();
    try {
      heads.forget();
      query.run();
    } finally {
      database.undo();
    }
  }

  /// Writes a consistent copy of the database to an empty file. No transaction is open.
  ///
  /// @return the head of the copy
  Head copyTo(Path file) throws SQLException, IOException {
    database.copyTo(file);
    return head();
  }

  /// Opens access for queries beside the transactions.
  Snapshots snapshots() throws SQLException, IOException {
    return new Snapshots(database, sealer, digest, head());
  }

  /// Lets the database reclaim space, if that is due. No transaction is open.
  void tidy(Snapshots snapshots) throws SQLException, StoreException {
    if (database.isUntidy()) {
      snapshots.tidy(database::tidy);
    }
  }

  /// Returns true if other processes may change the database.
  boolean isShared() {
    return database.isShared();
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
