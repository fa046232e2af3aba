package dev.testudo.cas.store.postgresql;

import dev.testudo.cas.store.database.StoreException;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/// Creates the tables and converts those of earlier formats.
final class Migrations {
  /// The lock that lets one process at a time create the tables. Any number does.
  private static final long LOCK = 0x7465_7374_7564_6fL;

  /// The first format on PostgreSQL, which has the number of the same tables on SQLite.
  private static final List<String> FORMAT_4 =
      List.of(
          """
          CREATE TABLE session (
            name TEXT COLLATE "C" NOT NULL, revision BIGINT NOT NULL, hash TEXT COLLATE "C" NOT NULL,
            sealed BYTEA NOT NULL, PRIMARY KEY (name, revision), UNIQUE (name, hash))
          """,
          """
          CREATE TABLE secret (
            session TEXT COLLATE "C" NOT NULL, name TEXT COLLATE "C" NOT NULL, revision BIGINT NOT NULL,
            sealed BYTEA NOT NULL, PRIMARY KEY (session, name, revision))
          """,
          """
          CREATE TABLE secret_use (
            session TEXT COLLATE "C" NOT NULL, session_revision BIGINT NOT NULL,
            name TEXT COLLATE "C" NOT NULL, revision BIGINT NOT NULL,
            PRIMARY KEY (session, session_revision, name),
            FOREIGN KEY (session, session_revision) REFERENCES session (name, revision),
            FOREIGN KEY (session, name, revision) REFERENCES secret (session, name, revision))
          """,
          "CREATE INDEX secret_use_secret ON secret_use (session, name, revision)",
          """
          CREATE TABLE setting (name TEXT COLLATE "C" NOT NULL PRIMARY KEY, sealed BYTEA NOT NULL)
          """,
          """
          CREATE TABLE join_token (
            session TEXT COLLATE "C" NOT NULL, service TEXT COLLATE "C" NOT NULL,
            id TEXT COLLATE "C" NOT NULL, sealed BYTEA NOT NULL, PRIMARY KEY (session, service, id))
          """,
          """
          CREATE TABLE session_import (
            exporter TEXT COLLATE "C" NOT NULL, session TEXT COLLATE "C" NOT NULL,
            PRIMARY KEY (exporter, session))
          """,
          "CREATE INDEX session_import_session ON session_import (session)",
          "CREATE TABLE audit (sequence BIGINT PRIMARY KEY, request TEXT, line BYTEA NOT NULL)",
          "CREATE INDEX audit_request ON audit (request) WHERE request IS NOT NULL",
          """
          CREATE TABLE seal_key (
            one BIGINT PRIMARY KEY CHECK (one = 1), method TEXT NOT NULL, parameters TEXT NOT NULL,
            key_check TEXT NOT NULL, sealed TEXT NOT NULL)
          """,
          // Which sessions other processes changed. A row per session, also of deleted ones.
          """
          CREATE TABLE session_change (
            session TEXT COLLATE "C" NOT NULL PRIMARY KEY, number BIGINT NOT NULL)
          """,
          "CREATE INDEX session_change_number ON session_change (number)",
          "CREATE TABLE head (one BIGINT PRIMARY KEY CHECK (one = 1), sealed BYTEA NOT NULL)",
          // The row that transactions lock exists from the beginning. It is empty until the first.
          "INSERT INTO head (one, sealed) VALUES (1, ''::bytea)");

  /// The lines of the audit log have a key of their own, which needs no other table.
  private static final List<String> FORMAT_5 = List.of();

  /// The tags and leases of volumes.
  private static final List<String> FORMAT_6 =
      List.of(
          """
          CREATE TABLE volume (
            session TEXT COLLATE "C" NOT NULL, name TEXT COLLATE "C" NOT NULL,
            sealed BYTEA NOT NULL, PRIMARY KEY (session, name))
          """);

  /// The statements that lead to each format from the one before it.
  private static final SortedMap<Integer, List<String>> STEPS =
      new TreeMap<>(Map.of(4, FORMAT_4, 5, FORMAT_5, 6, FORMAT_6));

  private Migrations() {}

  /// Brings the database of `connection` to the newest format, in one transaction.
  ///
  /// @throws StoreException if a newer Testudo wrote it
  static void apply(Connection connection) throws SQLException, StoreException {
    connection.setAutoCommit(false);
    try (var statement = connection.createStatement()) {
      statement.execute("SELECT pg_advisory_xact_lock(%d)".formatted(LOCK));
      statement.execute(
          "CREATE TABLE IF NOT EXISTS store_format"
              + " (one BIGINT PRIMARY KEY CHECK (one = 1), format INTEGER NOT NULL)");
      var format = 0;
      try (var row = statement.executeQuery("SELECT format FROM store_format")) {
        format = row.next() ? row.getInt(1) : 0;
      }
      if (format > STEPS.lastKey()) {
        throw new StoreException(
            "the store was written by a newer Testudo (format %d)".formatted(format));
      }
      for (var steps : STEPS.tailMap(format + 1).values()) {
        for (var step : steps) {
          statement.execute(step);
        }
      }
      statement.execute(
          "INSERT INTO store_format (one, format) VALUES (1, %d)".formatted(STEPS.lastKey())
              + " ON CONFLICT (one) DO UPDATE SET format = excluded.format");
      connection.commit();
    } finally {
      connection.rollback();
      connection.setAutoCommit(true);
    }
  }
}
