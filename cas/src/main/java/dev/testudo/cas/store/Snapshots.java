package dev.testudo.cas.store;

import dev.testudo.cas.store.database.Database;
import dev.testudo.cas.store.database.StoreException;
import dev.testudo.cas.store.database.UnavailableException;
import dev.testudo.cas.store.log.AuditTable;
import dev.testudo.cas.store.log.Head;
import dev.testudo.cas.store.log.StoredHead;
import dev.testudo.cas.store.seal.Sealer;
import dev.testudo.cas.store.seal.StateDigest;
import java.io.IOException;
import java.sql.SQLException;
import java.util.Deque;
import java.util.concurrent.ConcurrentLinkedDeque;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;

/// Queries beside the transactions, each on a connection of its own. A query sees what was
/// committed when it began, and no transaction makes it wait. Thread-safe.
///
/// Before a query, the head of its snapshot must continue the newest head that this process has
/// committed or followed. So nobody reads from an older database.
final class Snapshots implements AutoCloseable {
  /// The most queries at a time. There are not many more workers.
  private static final int MOST = 4;

  private static final long LONGEST_WAIT = 10;

  private final Database database;
  private final Sealer sealer;
  private final StateDigest digest;
  private final Semaphore places = new Semaphore(MOST, true);
  private final Deque<Database> idle = new ConcurrentLinkedDeque<>();
  private volatile Head newest;

  /// Creates access beside `database`.
  ///
  /// @param newest its head
  Snapshots(Database database, Sealer sealer, StateDigest digest, Head newest) {
    this.database = database;
    this.sealer = sealer;
    this.digest = digest;
    this.newest = newest;
  }

  /// Records that `head` was committed, or that another process committed it.
  void isNow(Head head) {
    newest = head;
  }

  /// Runs a query.
  ///
  /// @throws NeedsTurn if it needs a transaction
  /// @throws StoreException if the snapshot does not continue what this process knows
  <R, X extends Exception> R read(Store.Reading<R, X> reading) throws IOException, X {
    enter();
    try {
      var reader = idle.poll();
      if (reader == null) {
        reader = open();
      }
      try {
        return read(reader, reading);
      } finally {
        idle.push(reader);
      }
    } finally {
      places.release();
    }
  }

  private void enter() throws StoreException {
    try {
      if (!places.tryAcquire(LONGEST_WAIT, TimeUnit.SECONDS)) {
        throw new UnavailableException("too many queries wait for the database", null);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new StoreException("interrupted while waiting for the database", e);
    }
  }

  private Database open() throws StoreException {
    try {
      return database.reader();
    } catch (SQLException e) {
      throw database.failed(e);
    }
  }

  private <R, X extends Exception> R read(Database reader, Store.Reading<R, X> reading)
      throws IOException, X {
    // What is committed later may be in the snapshot or not; this must be.
    var known = newest;
    try {
      reader.beginReading();
      var head = new StoredHead(reader, sealer).current();
      AuditTable.requireSuccessor(reader.connection(), known, head);
      return reading.in(Transaction.reading(reader, sealer, digest, head.state()));
    } catch (SQLException e) {
      throw reader.failed(e);
    } finally {
      reader.undo();
    }
  }

  /// Lets the database reclaim space, if that is due, while no query runs. No transaction is open.
  void tidy(Database.Upkeep work) throws SQLException, StoreException {
    try {
      if (!places.tryAcquire(MOST, 1, TimeUnit.SECONDS)) {
        return;
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return;
    }
    try {
      work.run();
    } finally {
      places.release(MOST);
    }
  }

  /// Waits for running queries and closes the connections.
  @Override
  public void close() throws StoreException {
    places.acquireUninterruptibly(MOST);
    for (var reader = idle.poll(); reader != null; reader = idle.poll()) {
      reader.close();
    }
  }
}
