package dev.testudo.cas.store.database;

import java.sql.Connection;
import java.sql.SQLException;

/// One connection to a database, and all that depends on which database that is: its tables, how
/// a transaction begins, what its errors mean. Everything else in this package is SQL that every
/// dialect understands. Used by one thread at a time.
public interface Database extends AutoCloseable {
  /// Returns the connection. Its tables exist.
  Connection connection();

  /// Begins a transaction that sees the database as if it ran alone (SERIALIZABLE).
  void begin() throws SQLException;

  /// Makes everything since [#begin()] durable.
  void commit() throws SQLException;

  /// Undoes everything since [#begin()] and ensures that the connection works.
  void undo() throws StoreException;

  /// Returns what `e` means to callers: a [DiskFullException] if space is lacking, a
  /// [ConflictException] if the transaction failed only because another one ran at the same time.
  StoreException failed(SQLException e);

  @Override
  void close() throws StoreException;
}
