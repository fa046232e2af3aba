package dev.testudo.cas.store.database;

import dev.testudo.cas.health.Health;
import dev.testudo.cas.store.StoreOptions;
import dev.testudo.cas.store.postgresql.PostgresCluster;
import dev.testudo.cas.store.sqlite.SqliteDatabase;
import java.io.IOException;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.SQLTransactionRollbackException;
import java.time.Instant;

/// A database whose commits fail when a test wants it.
public final class FaultyDatabase implements Database {
  private final Database database;
  private final Fault fault;

  /// What happens before a commit.
  @FunctionalInterface
  public interface Fault {
    /// Returns, or throws what the commit fails with.
    void occur() throws SQLException, StoreException;
  }

  public FaultyDatabase(Database database, Fault fault) {
    this.database = database;
    this.fault = fault;
  }

  /// Opens a database on which every second commit fails because of a concurrent transaction, so
  /// that every piece of work runs twice.
  public static Database conflicting(Path directory, Health health) throws IOException {
    var conflicted = new boolean[1];
    return new FaultyDatabase(
        SqliteDatabase.open(directory, health),
        () -> {
          conflicted[0] = !conflicted[0];
          if (conflicted[0]) {
            throw conflict();
          }
        });
  }

  /// Returns the options of a store of `product`, `sqlite` or `postgresql`, whose commits are
  /// preceded by `fault`.
  public static StoreOptions options(String product, Fault fault) throws IOException {
    Dialect dialect =
        product.equals("sqlite") ? SqliteDatabase::open : PostgresCluster.shared().dialect();
    return new StoreOptions(
        new SecureRandom(),
        () -> Instant.EPOCH,
        1 << 20,
        false,
        (directory, health) -> new FaultyDatabase(dialect.open(directory, health), fault));
  }

  /// Returns what a commit fails with if a concurrent transaction came first.
  public static SQLException conflict() {
    return new SQLTransactionRollbackException("another transaction came first", "40001");
  }

  @Override
  public Connection connection() {
    return database.connection();
  }

  @Override
  public Database reader() throws SQLException, StoreException {
    return database.reader();
  }

  @Override
  public boolean isUntidy() {
    return database.isUntidy();
  }

  @Override
  public void tidy() throws SQLException, StoreException {
    database.tidy();
  }

  @Override
  public boolean isShared() {
    return database.isShared();
  }

  @Override
  public void beginReading() throws SQLException, StoreException {
    database.beginReading();
  }

  @Override
  public void begin() throws SQLException, StoreException {
    database.begin();
  }

  @Override
  public void commit() throws SQLException, StoreException {
    fault.occur();
    database.commit();
  }

  @Override
  public void undo() throws StoreException {
    database.undo();
  }

  @Override
  public void copyTo(Path file) throws SQLException, StoreException {
    database.copyTo(file);
  }

  @Override
  public StoreException failed(SQLException e) {
    return e instanceof SQLTransactionRollbackException
        ? new ConflictException(e)
        : database.failed(e);
  }

  @Override
  public void close() throws StoreException {
    database.close();
  }
}
