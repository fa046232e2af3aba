package dev.testudo.cas.store;

import java.io.IOException;
import java.security.SecureRandom;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import java.util.concurrent.locks.ReentrantLock;
import org.sqlite.JDBC;
import org.sqlite.SQLiteConfig;

/// The database. Work happens in transactions, one at a time; one that ends with an exception, or
/// with the end of the process, leaves nothing behind.
public final class Store implements AutoCloseable {
  private static final int FORMAT = 1;
  private static final List<String> TABLES =
      List.of(
          """
          CREATE TABLE session (
            name TEXT NOT NULL, revision INTEGER NOT NULL, hash TEXT NOT NULL, sealed BLOB NOT NULL,
            PRIMARY KEY (name, revision), UNIQUE (name, hash)) WITHOUT ROWID, STRICT
          """,
          """
          CREATE TABLE secret (
            session TEXT NOT NULL, name TEXT NOT NULL, revision INTEGER NOT NULL, sealed BLOB NOT NULL,
            PRIMARY KEY (session, name, revision)) WITHOUT ROWID, STRICT
          """,
          """
          CREATE TABLE secret_use (
            session TEXT NOT NULL, session_revision INTEGER NOT NULL, name TEXT NOT NULL,
            revision INTEGER NOT NULL, PRIMARY KEY (session, session_revision, name),
            FOREIGN KEY (session, session_revision) REFERENCES session (name, revision),
            FOREIGN KEY (session, name, revision) REFERENCES secret (session, name, revision))
            WITHOUT ROWID, STRICT
          """,
          """
          CREATE TABLE setting (
            name TEXT NOT NULL PRIMARY KEY, sealed BLOB NOT NULL) WITHOUT ROWID, STRICT
          """);

  private final Connection connection;
  private final Sealer sealer;
  private final ReentrantLock lock = new ReentrantLock();

  private Store(Connection connection, Sealer sealer) {
    this.connection = connection;
    this.sealer = sealer;
  }

  /// What is done within a transaction.
  @FunctionalInterface
  public interface Work<R, X extends Exception> {
    /// Does it. Any exception undoes everything.
    R in(Transaction transaction) throws IOException, X;
  }

  /// Opens the database in `directory`, making it on first use.
  public static Store open(StateDirectory directory, SecureRandom random) throws IOException {
    // The driver unpacks its native library; nobody else can write where it does.
    System.setProperty("org.sqlite.tmpdir", directory.path().resolve("native").toString());
    var config = new SQLiteConfig();
    config.setJournalMode(SQLiteConfig.JournalMode.WAL);
    config.setSynchronous(SQLiteConfig.SynchronousMode.FULL);
    config.setLockingMode(SQLiteConfig.LockingMode.EXCLUSIVE);
    config.enforceForeignKeys(true);
    try {
      var connection =
          JDBC.createConnection(
              "jdbc:sqlite:" + directory.path().resolve("cas.db"), config.toProperties());
      try {
        connection.setAutoCommit(false);
        var store = new Store(connection, new Sealer(directory.sealKey(), random));
        store.prepare();
        return store;
      } catch (SQLException | IOException | RuntimeException e) {
        connection.close();
        throw e;
      }
    } catch (SQLException e) {
      throw new StoreException("the database cannot be opened: " + e.getMessage(), e);
    }
  }

  private void prepare() throws SQLException, IOException {
    try (var statement = connection.createStatement()) {
      int format;
      try (var result = statement.executeQuery("PRAGMA user_version")) {
        format = result.getInt(1);
      }
      if (format > FORMAT) {
        throw new StoreException(
            "the store was written by a newer Testudo (format %d)".formatted(format));
      }
      if (format == 0) {
        for (var table : TABLES) {
          statement.execute(table);
        }
        statement.execute("PRAGMA user_version = " + FORMAT);
      }
    }
    connection.commit();
  }

  /// Does `work` in a transaction of its own and makes it durable before returning.
  public <R, X extends Exception> R transact(Work<R, X> work) throws IOException, X {
    lock.lock();
    var done = false;
    try {
      var result = work.in(new Transaction(connection, sealer));
      connection.commit();
      done = true;
      return result;
    } catch (SQLException e) {
      throw new StoreException("the database failed: " + e.getMessage(), e);
    } finally {
      try {
        if (!done) {
          rollBack();
        }
      } finally {
        lock.unlock();
      }
    }
  }

  private void rollBack() throws StoreException {
    try {
      connection.rollback();
    } catch (SQLException e) {
      throw new StoreException("the database cannot undo a failed change: " + e.getMessage(), e);
    }
  }

  @Override
  public void close() throws IOException {
    lock.lock();
    try {
      connection.close();
    } catch (SQLException e) {
      throw new StoreException("the database cannot be closed: " + e.getMessage(), e);
    } finally {
      lock.unlock();
    }
  }
}
