package dev.testudo.cas.store.postgresql;

import dev.testudo.cas.health.Health;
import dev.testudo.cas.store.database.ConflictException;
import dev.testudo.cas.store.database.Database;
import dev.testudo.cas.store.database.Dialect;
import dev.testudo.cas.store.database.DiskFullException;
import dev.testudo.cas.store.database.StoreException;
import dev.testudo.cas.store.database.UnavailableException;
import dev.testudo.cas.store.database.UnknownOutcomeException;
import java.io.IOException;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Optional;
import java.util.Properties;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.postgresql.Driver;

/// A PostgreSQL database that several processes may use. A transaction that writes locks the row of
/// the head, so these transactions run one after another, and each sees what the ones before it
/// committed.
///
/// A lost connection is replaced at the next [#begin()]. If the server cannot be reached for
/// [#PATIENCE], begin fails at once, and one attempt a second finds out whether it is back.
public final class PostgresDatabase implements Database {
  /// How long a transaction waits for a server that restarts.
  static final Duration PATIENCE = Duration.ofSeconds(5);

  private static final Duration PAUSE = Duration.ofMillis(100);
  private static final Duration REST = Duration.ofSeconds(1);

  private static final String DISK_FULL = "53100";

  /// Serialization failure, deadlock.
  private static final Set<String> CONFLICTS = Set.of("40001", "40P01");

  /// The server shuts down or starts, has too many connections, is a standby that cannot write,
  /// ended a transaction that was idle, or somebody keeps a lock for longer than a transaction of
  /// CAS takes.
  private static final Set<String> GONE =
      Set.of("57P01", "57P02", "57P03", "57P05", "53300", "25006", "25P03", "55P03");

  private static final String CONNECTION_CLASS = "08";

  private final PostgresUrl url;
  private final Properties settings;
  private final Health health;
  private @Nullable Connection connection;
  private long restsUntil = System.nanoTime();
  private boolean resting;

  private PostgresDatabase(PostgresUrl url, Properties settings, Health health) {
    this.url = url;
    this.settings = settings;
    this.health = health;
  }

  /// Returns a dialect that opens the database at `url`.
  public static Dialect at(PostgresUrl url) {
    return (_, health) -> open(url, health);
  }

  private static Database open(PostgresUrl url, Health health) throws IOException {
    var database = new PostgresDatabase(url, url.settings(), health);
    try {
      Migrations.apply(database.connect());
      return database;
    } catch (SQLException e) {
      database.drop();
      throw new StoreException(
          "the database %s cannot be opened: %s".formatted(url.shown(), e.getMessage()), e);
    } catch (StoreException | RuntimeException e) {
      database.drop();
      throw e;
    }
  }

  private Connection connect() throws SQLException {
    drop();
    var made = new Driver().connect(url.url(), settings);
    if (made == null) {
      throw new SQLException("not a URL of PostgreSQL");
    }
    try (var statement = made.createStatement()) {
      // What CAS acknowledges must be durable, whatever the default of the server is.
      statement.execute(
          "SELECT set_config('synchronous_commit', 'on', false)"
              + " WHERE current_setting('synchronous_commit') IN ('off', 'local')");
    } catch (SQLException e) {
      made.close();
      throw e;
    }
    connection = made;
    return made;
  }

  private void drop() {
    var before = connection;
    connection = null;
    if (before != null) {
      try {
        before.close();
      } catch (SQLException e) {
        // It is lost in any case.
      }
    }
  }

  @Override
  public boolean isShared() {
    return true;
  }

  @Override
  public Connection connection() {
    var open = connection;
    if (open == null) {
      throw new IllegalStateException("there is no connection outside of transactions");
    }
    return open;
  }

  @Override
  public void begin() throws SQLException, StoreException {
    begin("SELECT one FROM head WHERE one = 1 FOR UPDATE");
  }

  @Override
  public void beginReading() throws SQLException, StoreException {
    begin("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY");
  }

  private void begin(String first) throws SQLException, StoreException {
    var until = System.nanoTime() + PATIENCE.toNanos();
    if (resting && System.nanoTime() - restsUntil < 0) {
      throw unavailable(null);
    }
    for (; ; ) {
      try {
        start(first);
        resting = false;
        return;
      } catch (SQLException e) {
        if (!isGone(e)) {
          throw e;
        }
        drop();
        if (resting || System.nanoTime() - until >= 0) {
          resting = true;
          restsUntil = System.nanoTime() + REST.toNanos();
          throw unavailable(e);
        }
        pause();
      }
    }
  }

  private void start(String first) throws SQLException {
    var open = connection;
    if (open == null || open.isClosed()) {
      open = connect();
    }
    open.setAutoCommit(false);
    try (var statement = open.createStatement()) {
      statement.execute(first);
    }
  }

  private static void pause() throws StoreException {
    try {
      Thread.sleep(PAUSE);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new StoreException("interrupted while waiting for the database", e);
    }
  }

  private UnavailableException unavailable(@Nullable SQLException e) {
    var why = Optional.ofNullable(e).map(one -> ": " + one.getMessage()).orElse("");
    var message = "the database %s cannot be reached%s".formatted(url.shown(), why);
    if (e != null) {
      health.failing(Health.Cause.DATABASE_FAILED, message);
    }
    return new UnavailableException(message, e);
  }

  @Override
  public void commit() throws SQLException, StoreException {
    var open = connection();
    try {
      open.commit();
      open.setAutoCommit(true);
    } catch (SQLException e) {
      if (isGone(e)) {
        drop();
        throw new UnknownOutcomeException(e);
      }
      throw e;
    }
  }

  @Override
  public void undo() {
    var open = connection;
    if (open == null) {
      return;
    }
    try {
      open.rollback();
      open.setAutoCommit(true);
    } catch (SQLException e) {
      drop();
    }
  }

  private static boolean isGone(SQLException e) {
    var state = e.getSQLState();
    return state != null && (state.startsWith(CONNECTION_CLASS) || GONE.contains(state));
  }

  /// Returns a database that connects at its first use.
  @Override
  public Database reader() {
    return new PostgresDatabase(url, settings, health);
  }

  @Override
  public boolean isUntidy() {
    return false;
  }

  @Override
  public void tidy() {
    // The server does that itself.
  }

  @Override
  public void copyTo(Path file) throws StoreException {
    throw new StoreException("the tools of PostgreSQL make the backups of this store");
  }

  @Override
  public StoreException failed(SQLException e) {
    var state = String.valueOf(e.getSQLState());
    if (state.equals(DISK_FULL)) {
      return new DiskFullException("there is no space left for the database " + url.shown(), e);
    }
    if (CONFLICTS.contains(state) || isGone(e)) {
      // Nothing of the transaction was committed. The next one finds out whether the server is
      // back.
      return new ConflictException(e);
    }
    health.failing(
        Health.Cause.DATABASE_FAILED,
        "the database %s fails: %s".formatted(url.shown(), e.getMessage()));
    return new StoreException("the database failed: " + e.getMessage(), e);
  }

  @Override
  public void close() {
    drop();
  }
}
