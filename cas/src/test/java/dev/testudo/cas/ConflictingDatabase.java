package dev.testudo.cas;

import dev.testudo.cas.health.Health;
import dev.testudo.cas.store.database.ConflictException;
import dev.testudo.cas.store.database.Database;
import dev.testudo.cas.store.database.StoreException;
import dev.testudo.cas.store.sqlite.SqliteDatabase;
import java.io.IOException;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.SQLTransactionRollbackException;

/// A database on which every second commit fails because of a concurrent transaction, so that every
/// piece of work runs twice.
final class ConflictingDatabase implements Database {
  private final Database database;
  private boolean conflicted;

  private ConflictingDatabase(Database database) {
    this.database = database;
  }

  static Database open(Path directory, Health health) throws IOException {
    return new ConflictingDatabase(SqliteDatabase.open(directory, health));
  }

  @Override
  public Connection connection() {
    return database.connection();
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
    conflicted = !conflicted;
    if (conflicted) {
      throw new SQLTransactionRollbackException("another transaction came first");
    }
    database.commit();
  }

  @Override
  public void undo() throws StoreException {
    database.undo();
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
