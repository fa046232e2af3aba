package dev.testudo.cas.store.database;

import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;

/// One connection to a database, with everything that depends on the database product: the tables,
/// how transactions begin, what errors mean, how to open further connections. Everything else in
/// the store is SQL that every dialect understands. Not thread-safe.
public interface Database extends AutoCloseable {
  /// Returns true if other processes may change the database while it is open.
  boolean isShared();

  /// Returns the connection. Its tables exist. If it was lost, the next [#begin()] replaces it.
  Connection connection();

  /// Begins a transaction that sees the database as if it ran alone (SERIALIZABLE).
  ///
  /// @throws UnavailableException if the database cannot be reached
  void begin() throws SQLException, StoreException;

  /// Begins a transaction that writes nothing and always sees the same snapshot. It ends with
  /// [#undo()].
  ///
  /// @throws UnavailableException if the database cannot be reached
  void beginReading() throws SQLException, StoreException;

  /// Commits the transaction.
  ///
  /// @throws UnknownOutcomeException if nobody knows whether it was committed
  void commit() throws SQLException, StoreException;

  /// Rolls the transaction back and ensures that the connection works afterwards.
  void undo() throws StoreException;

  /// Opens a further connection to the same database, only for [#beginReading()]. Its queries do
  /// not wait for transactions of others, and these do not wait for them.
  Database reader() throws SQLException, StoreException;

  /// Work that the database needs now and then.
  @FunctionalInterface
  interface Upkeep {
    /// Does the work.
    void run() throws SQLException, StoreException;
  }

  /// Returns true if [#tidy()] is due.
  boolean isUntidy();

  /// Reclaims space. No transaction is open, and nobody reads.
  void tidy() throws SQLException, StoreException;

  /// Writes a consistent copy of the database to an empty file. No transaction is open.
  void copyTo(Path file) throws SQLException, StoreException;

  /// Returns the meaning of `e` to callers: a [DiskFullException] if space is lacking, or a
  /// [ConflictException] if the transaction failed only because of a concurrent one.
  StoreException failed(SQLException e);

  @Override
  void close() throws StoreException;
}
