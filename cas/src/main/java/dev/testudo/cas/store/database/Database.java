package dev.testudo.cas.store.database;

import java.sql.Connection;
import java.sql.SQLException;

/// One connection to a database, with everything that depends on the database product: the tables,
/// how transactions begin, what errors mean. Everything else in the store is SQL that every dialect
/// understands. Not thread-safe.
public interface Database extends AutoCloseable {
  /// Returns the connection. Its tables exist.
  Connection connection();

  /// Begins a transaction that sees the database as if it ran alone (SERIALIZABLE).
  void begin() throws SQLException;

  /// Commits the transaction.
  void commit() throws SQLException;

  /// Rolls the transaction back and ensures that the connection works afterwards.
  void undo() throws StoreException;

  /// Returns the meaning of `e` to callers: a [DiskFullException] if space is lacking, or a
  /// [ConflictException] if the transaction failed only because of a concurrent one.
  StoreException failed(SQLException e);

  @Override
  void close() throws StoreException;
}
