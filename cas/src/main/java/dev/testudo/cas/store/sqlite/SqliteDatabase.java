package dev.testudo.cas.store.sqlite;

import dev.testudo.cas.health.Health;
import dev.testudo.cas.store.database.Database;
import dev.testudo.cas.store.database.DiskFullException;
import dev.testudo.cas.store.database.StoreException;
import dev.testudo.trust.files.Owned;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import org.sqlite.JDBC;
import org.sqlite.SQLiteConfig;
import org.sqlite.SQLiteErrorCode;
import org.sqlite.SQLiteException;

/// An SQLite database that one process uses exclusively, with one connection that writes and some
/// that read. Transactions are controlled by
/// explicit statements, because the driver loses track of its own ones after a failure in
/// which SQLite rolls back. Nothing conflicts, because nobody else has the database.
public final class SqliteDatabase implements Database {
  /// How long a connection waits for another one of this process, in milliseconds. They wait only
  /// for moments, such as when the write-ahead log begins anew.
  private static final int BUSY = 5000;

  /// With less free space than this, any I/O error of SQLite counts as a full disk.
  private static final long NO_SPACE = 64 << 10;

  /// The bytes of the write-ahead log above which it begins anew. SQLite does that by itself only
  /// when it meets a moment without readers.
  private static final long LONG_JOURNAL = 16 << 20;

  /// The free space that a copy of the database must leave.
  private static final long LEFT = 16 << 20;

  /// The first format, whose tables the others add to.
  private static final List<String> FORMAT_2 =
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
          """,
          """
          CREATE TABLE join_token (
            session TEXT NOT NULL, service TEXT NOT NULL, id TEXT NOT NULL, sealed BLOB NOT NULL,
            PRIMARY KEY (session, service, id)) WITHOUT ROWID, STRICT
          """,
          "CREATE TABLE audit (sequence INTEGER PRIMARY KEY, request TEXT, line BLOB NOT NULL) STRICT",
          "CREATE INDEX audit_request ON audit (request) WHERE request IS NOT NULL",
          "CREATE TABLE head (one INTEGER PRIMARY KEY CHECK (one = 1), sealed BLOB NOT NULL) STRICT");

  /// The imports between the active revisions of sessions.
  private static final List<String> FORMAT_3 =
      List.of(
          """
          CREATE TABLE session_import (
            exporter TEXT NOT NULL, session TEXT NOT NULL,
            PRIMARY KEY (exporter, session)) WITHOUT ROWID, STRICT
          """,
          "CREATE INDEX session_import_session ON session_import (session)");

  /// The seal key, wrapped by the master key.
  private static final List<String> FORMAT_4 =
      List.of(
          """
          CREATE TABLE seal_key (
            one INTEGER PRIMARY KEY CHECK (one = 1), method TEXT NOT NULL, parameters TEXT NOT NULL,
            key_check TEXT NOT NULL, sealed TEXT NOT NULL) STRICT
          """);

  /// The lines of the audit log have a key of their own, which needs no other table.
  private static final List<String> FORMAT_5 = List.of();

  /// The tags and leases of volumes.
  private static final List<String> FORMAT_6 =
      List.of(
          """
          CREATE TABLE volume (
            session TEXT NOT NULL, name TEXT NOT NULL, sealed BLOB NOT NULL,
            PRIMARY KEY (session, name)) WITHOUT ROWID, STRICT
          """);

  /// The statements that lead to each format from the one before it.
  private static final SortedMap<Integer, List<String>> MIGRATIONS =
      new TreeMap<>(Map.of(2, FORMAT_2, 3, FORMAT_3, 4, FORMAT_4, 5, FORMAT_5, 6, FORMAT_6));

  private final Path file;
  private final Health health;
  private final boolean onlyReads;
  private Connection connection;

  private SqliteDatabase(Path file, Health health, boolean onlyReads) throws SQLException {
    this.file = file;
    this.health = health;
    this.onlyReads = onlyReads;
    this.connection = connect();
  }

  /// Opens `cas.db` in `directory` and creates it on first use.
  public static Database open(Path directory, Health health) throws IOException {
    // The driver unpacks its native library there, where nobody else can write.
    System.setProperty("org.sqlite.tmpdir", directory.resolve("native").toString());
    var file = directory.resolve("cas.db");
    makeDatabase(file);
    try {
      var database = new SqliteDatabase(file, health, false);
      try {
        database.prepare();
        return database;
      } catch (SQLException | StoreException | RuntimeException e) {
        database.connection.close();
        throw e;
      }
    } catch (SQLException e) {
      throw new StoreException("the database cannot be opened: " + e.getMessage(), e);
    }
  }

  /// Creates an empty file, which is a valid empty database. If the driver created it, others could
  /// read it; the journal gets the mode of the database.
  private static void makeDatabase(Path file) throws IOException {
    if (Files.exists(file)) {
      Owned.requireOwn(file);
    } else {
      Files.createFile(
          file, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
    }
  }

  private Connection connect() throws SQLException {
    var config = new SQLiteConfig();
    config.setJournalMode(SQLiteConfig.JournalMode.WAL);
    config.setSynchronous(SQLiteConfig.SynchronousMode.FULL);
    config.setBusyTimeout(BUSY);
    config.enforceForeignKeys(true);
    var made = JDBC.createConnection("jdbc:sqlite:" + file, config.toProperties());
    if (onlyReads) {
      try (var statement = made.createStatement()) {
        statement.execute("PRAGMA query_only = ON");
      }
    }
    return made;
  }

  @Override
  public Database reader() throws SQLException {
    return new SqliteDatabase(file, health, true);
  }

  @Override
  public boolean isUntidy() {
    try {
      return journal() > LONG_JOURNAL;
    } catch (IOException e) {
      return false;
    }
  }

  @Override
  public void tidy() throws SQLException {
    run("PRAGMA wal_checkpoint(TRUNCATE)");
  }

  private void prepare() throws SQLException, StoreException {
    try (var statement = connection.createStatement()) {
      int format;
      try (var result = statement.executeQuery("PRAGMA user_version")) {
        format = result.getInt(1);
      }
      if (format > MIGRATIONS.lastKey()) {
        throw new StoreException(
            "the store was written by a newer Testudo (format %d)".formatted(format));
      }
      if (format == MIGRATIONS.lastKey()) {
        return;
      }
      if (format != 0 && format < MIGRATIONS.firstKey()) {
        throw new StoreException(
            "the store was written by an older Testudo (format %d), which did not sign its audit log; use a new --state"
                .formatted(format));
      }
      statement.execute("BEGIN IMMEDIATE");
      for (var steps : MIGRATIONS.tailMap(format + 1).values()) {
        for (var step : steps) {
          statement.execute(step);
        }
      }
      statement.execute("PRAGMA user_version = " + MIGRATIONS.lastKey());
      statement.execute("COMMIT");
    }
  }

  @Override
  public Connection connection() {
    return connection;
  }

  @Override
  public boolean isShared() {
    return false;
  }

  @Override
  public void begin() throws SQLException {
    run("BEGIN IMMEDIATE");
  }

  @Override
  public void beginReading() throws SQLException {
    run("BEGIN");
  }

  @Override
  public void commit() throws SQLException {
    run("COMMIT");
  }

  /// Rolls back, unless SQLite has already done so.
  @Override
  public void undo() throws StoreException {
    try {
      run("ROLLBACK");
    } catch (SQLException e) {
      if (!works()) {
        reopen();
      }
    }
  }

  private boolean works() {
    try {
      run("BEGIN");
      run("ROLLBACK");
      return true;
    } catch (SQLException e) {
      return false;
    }
  }

  private void reopen() throws StoreException {
    try {
      connection.close();
    } catch (SQLException e) {
      // The connection is replaced in any case.
    }
    try {
      connection = connect();
    } catch (SQLException e) {
      throw failed(e);
    }
  }

  private void run(String sql) throws SQLException {
    try (var statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }

  /// Returns the bytes of the write-ahead log.
  private long journal() throws IOException {
    var journal = file.resolveSibling(file.getFileName() + "-wal");
    return Files.exists(journal) ? Files.size(journal) : 0;
  }

  @Override
  public void copyTo(Path target) throws SQLException, StoreException {
    try {
      var space = Files.getFileStore(target).getUsableSpace();
      var needed = Files.size(file) + journal() + LEFT;
      if (space < needed) {
        throw new StoreException(
            "a copy of the database needs %d bytes, and there are %d".formatted(needed, space));
      }
    } catch (IOException e) {
      throw new StoreException("the database cannot be copied: " + e.getMessage(), e);
    }
    try (var statement = connection.prepareStatement("VACUUM INTO ?")) {
      statement.setString(1, target.toString());
      statement.execute();
    }
  }

  @Override
  public StoreException failed(SQLException e) {
    if (isFull(e)) {
      return new DiskFullException("there is no space left for " + file, e);
    }
    health.failing(
        Health.Cause.DATABASE_FAILED, "the database %s fails: %s".formatted(file, e.getMessage()));
    return new StoreException("the database failed: " + e.getMessage(), e);
  }

  private boolean isFull(SQLException e) {
    if (!(e instanceof SQLiteException failure)) {
      return false;
    }
    var code = failure.getResultCode();
    return code == SQLiteErrorCode.SQLITE_FULL
        || ((code.code & 0xff) == SQLiteErrorCode.SQLITE_IOERR.code && noSpace());
  }

  private boolean noSpace() {
    try {
      return Files.getFileStore(file).getUsableSpace() < NO_SPACE;
    } catch (IOException e) {
      return false;
    }
  }

  @Override
  public void close() throws StoreException {
    try {
      connection.close();
    } catch (SQLException e) {
      throw new StoreException("the database cannot be closed: " + e.getMessage(), e);
    }
  }
}
