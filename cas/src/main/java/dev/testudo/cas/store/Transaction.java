package dev.testudo.cas.store;

import dev.testudo.cas.store.database.Database;
import dev.testudo.cas.store.key.SealKeys;
import dev.testudo.cas.store.key.WrappedKey;
import dev.testudo.cas.store.log.AuditTable;
import dev.testudo.cas.store.seal.Sealer;
import dev.testudo.cas.store.seal.StateDigest;
import dev.testudo.trust.secret.Secret;
import java.io.IOException;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/// Reads and changes the store within one transaction. All data read is authenticated: it is what
/// CAS stored in that place.
public final class Transaction {
  private static final String UNUSED =
      """
      NOT EXISTS (SELECT 1 FROM secret_use u WHERE u.session = secret.session
        AND u.name = secret.name AND u.revision = secret.revision)
      """;

  private final Database database;
  private final Connection connection;
  private final Sealer sealer;
  private final StateDigest digest;
  private final @Nullable Holdings known;
  private StateDigest.Sum state;
  private boolean mayTakeLong = true;

  Transaction(
      Database database,
      Sealer sealer,
      StateDigest digest,
      StateDigest.Sum state,
      @Nullable Holdings holdings) {
    this.known = holdings;
    this.database = database;
    this.connection = database.connection();
    this.sealer = sealer;
    this.digest = digest;
    this.state = state;
  }

  /// Returns access to a snapshot, for a query that runs beside the transactions. What needs a
  /// transaction throws [NeedsTurn].
  static Transaction reading(
      Database snapshot, Sealer sealer, StateDigest digest, StateDigest.Sum state) {
    return new Transaction(snapshot, sealer, digest, state, null);
  }

  /// Prepares a statement that writes.
  PreparedStatement writing(String sql, String... parameters) throws SQLException {
    if (known == null) {
      throw new NeedsTurn();
    }
    return prepare(sql, parameters);
  }

  private Holdings holdings() {
    var holdings = known;
    if (holdings == null) {
      throw new NeedsTurn();
    }
    return holdings;
  }

  void mayTakeLong(boolean may) {
    mayTakeLong = may;
  }

  /// Returns true if the work may take long. Otherwise it must throw [NotAtHand] instead.
  public boolean mayTakeLong() {
    return mayTakeLong;
  }

  /// Returns the digest of all rows as they are now.
  StateDigest.Sum state() {
    return state;
  }

  void added(String table, Object... values) {
    state = state.plus(digest.of(table, values));
    holdings().follow(table, values, 1);
  }

  void removed(String table, Object... values) {
    state = state.minus(digest.of(table, values));
    holdings().follow(table, values, -1);
  }

  /// Returns the newest revision of a session.
  public Optional<SessionRow> activeSession(String name) throws IOException {
    return find(
        "SELECT revision, hash, sealed FROM session WHERE name = ? ORDER BY revision DESC LIMIT 1",
        name);
  }

  /// Returns the revision of a session with the given hash.
  public Optional<SessionRow> session(String name, String hash) throws IOException {
    return find(
        "SELECT revision, hash, sealed FROM session WHERE name = ? AND hash = ?", name, hash);
  }

  /// Returns the names of all sessions.
  public List<String> sessions() throws IOException {
    if (known != null) {
      return known.names();
    }
    return names("SELECT DISTINCT name FROM session ORDER BY name");
  }

  /// Returns the names of the sessions of `creator`, a key hash.
  public List<String> sessions(String creator) {
    return holdings().names(creator);
  }

  /// Returns the number of sessions.
  public long countSessions() {
    return holdings().countSessions();
  }

  /// Returns the storage of all sessions of `creator`, a key hash.
  public Held held(String creator) {
    return holdings().of(creator);
  }

  /// Returns the storage of the sessions whose name begins with `prefix` and whose
  /// creator satisfies `which`.
  public Held heldBelow(String prefix, Predicate<String> which) {
    return holdings().below(prefix, which);
  }

  /// Adds a revision, which becomes the active one.
  public void addSession(SessionRow row) throws IOException {
    var sealed = SealedSession.seal(sealer, row);
    holdings().isOf(row.name(), row.creator());
    try (var statement =
        writing(
            "INSERT INTO session (name, revision, hash, sealed) VALUES (?, ?, ?, ?)", row.name())) {
      statement.setLong(2, row.revision());
      statement.setString(3, row.hash());
      statement.setBytes(4, sealed);
      statement.executeUpdate();
      added("session", row.name(), row.revision(), row.hash(), sealed);
    } catch (SQLException e) {
      throw failed(e);
    }
  }

  /// Returns the values that a revision of a session uses.
  public List<SecretRow> secrets(SessionRow session) throws IOException {
    var sql =
        """
        SELECT s.name, s.revision, s.sealed FROM secret_use u JOIN secret s
          ON s.session = u.session AND s.name = u.name AND s.revision = u.revision
          WHERE u.session = ? AND u.session_revision = ?
        """;
    try (var statement = prepare(sql, session.name())) {
      statement.setLong(2, session.revision());
      var rows = new ArrayList<SecretRow>();
      try (var result = statement.executeQuery()) {
        while (result.next()) {
          var name = result.getString(1);
          var revision = result.getLong(2);
          var place = place(session.name(), name, revision);
          rows.add(new SecretRow(name, revision, sealer.open(place, result.getBytes(3))));
        }
      }
      return rows;
    } catch (SQLException e) {
      throw failed(e);
    }
  }

  /// Adds a value of a secret and returns it with its revision.
  public SecretRow addSecret(String session, String name, Secret value) throws IOException {
    var sql = "SELECT coalesce(max(revision), 0) + 1 FROM secret WHERE session = ? AND name = ?";
    try (var next = prepare(sql, session, name);
        var result = next.executeQuery();
        var insert =
            writing(
                "INSERT INTO secret (session, name, revision, sealed) VALUES (?, ?, ?, ?)",
                session,
                name)) {
      result.next();
      var revision = result.getLong(1);
      var sealed = sealer.seal(place(session, name, revision), value);
      insert.setLong(3, revision);
      insert.setBytes(4, sealed);
      insert.executeUpdate();
      added("secret", session, name, revision, sealed);
      return new SecretRow(name, revision, value);
    } catch (SQLException e) {
      throw failed(e);
    }
  }

  /// Makes a revision of a session use a value, instead of any other that it used.
  public void use(SessionRow session, SecretRow secret) throws IOException {
    var sql =
        """
        INSERT INTO secret_use (session, name, session_revision, revision) VALUES (?, ?, ?, ?)
          ON CONFLICT (session, session_revision, name) DO UPDATE SET revision = excluded.revision
        """;
    try (var statement = writing(sql, session.name(), secret.name())) {
      var before = used(session, secret.name());
      statement.setLong(3, session.revision());
      statement.setLong(4, secret.revision());
      statement.executeUpdate();
      if (before.isPresent()) {
        removed("secret_use", session.name(), session.revision(), secret.name(), before.get());
      }
      added("secret_use", session.name(), session.revision(), secret.name(), secret.revision());
      if (before.isPresent()) {
        // No revision may be using the previous value any more.
        remove(
            "secret",
            "session = ? AND name = ? AND revision = ? AND " + UNUSED,
            session.name(),
            secret.name(),
            before.get());
      }
    } catch (SQLException e) {
      throw failed(e);
    }
  }

  private Optional<Long> used(SessionRow session, String secret) throws SQLException {
    var sql =
        "SELECT revision FROM secret_use WHERE session = ? AND name = ? AND session_revision = ?";
    try (var statement = prepare(sql, session.name(), secret)) {
      statement.setLong(3, session.revision());
      try (var result = statement.executeQuery()) {
        return result.next() ? Optional.of(result.getLong(1)) : Optional.empty();
      }
    }
  }

  /// Returns the join tokens of one service.
  public List<TokenRow> joinTokens(String session, String service) throws IOException {
    var sql = "SELECT id, sealed FROM join_token WHERE session = ? AND service = ? ORDER BY id";
    try (var statement = prepare(sql, session, service);
        var result = statement.executeQuery()) {
      var rows = new ArrayList<TokenRow>();
      while (result.next()) {
        var id = result.getString(1);
        var content = sealer.open(tokenPlace(session, service, id), result.getBytes(2));
        rows.add(new TokenRow(session, service, id, content));
      }
      return rows;
    } catch (SQLException e) {
      throw failed(e);
    }
  }

  /// Stores a join token, replacing the one with the same id.
  public void putJoinToken(TokenRow row) throws IOException {
    removeJoinToken(row);
    var place = tokenPlace(row.session(), row.service(), row.id());
    var sealed = sealer.seal(place, row.content());
    var sql = "INSERT INTO join_token (session, service, id, sealed) VALUES (?, ?, ?, ?)";
    try (var statement = writing(sql, row.session(), row.service(), row.id())) {
      statement.setBytes(4, sealed);
      statement.executeUpdate();
      added("join_token", row.session(), row.service(), row.id(), sealed);
    } catch (SQLException e) {
      throw failed(e);
    }
  }

  /// Removes a join token, if it is stored.
  public void removeJoinToken(TokenRow row) throws IOException {
    var sql =
        "DELETE FROM join_token WHERE session = ? AND service = ? AND id = ? RETURNING sealed";
    try (var statement = writing(sql, row.session(), row.service(), row.id());
        var result = statement.executeQuery()) {
      if (result.next()) {
        removed("join_token", row.session(), row.service(), row.id(), result.getBytes(1));
      }
    } catch (SQLException e) {
      throw failed(e);
    }
  }

  private static Sealer.Place tokenPlace(String session, String service, String id) {
    return new Sealer.Place("join_token", session + "\n" + service + "\n" + id, 0);
  }

  /// Returns access to the volumes.
  public VolumeTable volumes() {
    return new VolumeTable(this, sealer);
  }

  /// Removes the revisions of a session up to `last`, and the values of secrets that no
  /// other revision uses.
  public void forgetRevisions(String name, long last) throws IOException {
    try {
      remove("secret_use", "session = ? AND session_revision <= ?", name, last);
      remove("session", "name = ? AND revision <= ?", name, last);
      remove("secret", "session = ? AND " + UNUSED, name);
    } catch (SQLException e) {
      throw failed(e);
    }
  }

  /// Removes a session with its revisions, the values of its secrets, its volumes and its join
  /// tokens.
  public void deleteSession(String name) throws IOException {
    try {
      for (var table : List.of("volume", "join_token", "secret_use", "secret", "session_import")) {
        remove(table, "session = ?", name);
      }
      remove("session", "name = ?", name);
      holdings().forget(name);
    } catch (SQLException e) {
      throw failed(e);
    }
  }

  /// Sets the sessions that a session imports from.
  public void setImports(String name, Set<String> exporters) throws IOException {
    try {
      remove("session_import", "session = ?", name);
      for (var exporter : exporters) {
        try (var insert =
            writing(
                "INSERT INTO session_import (exporter, session) VALUES (?, ?)", exporter, name)) {
          insert.executeUpdate();
          added("session_import", exporter, name);
        }
      }
    } catch (SQLException e) {
      throw failed(e);
    }
  }

  /// Returns the names of the sessions whose active revision imports from `exporter`.
  public List<String> importers(String exporter) throws IOException {
    return names(
        "SELECT session FROM session_import WHERE exporter = ? ORDER BY session", exporter);
  }

  private List<String> names(String sql, String... parameters) throws IOException {
    try (var statement = prepare(sql, parameters);
        var result = statement.executeQuery()) {
      var names = new ArrayList<String>();
      while (result.next()) {
        names.add(result.getString(1));
      }
      return names;
    } catch (SQLException e) {
      throw failed(e);
    }
  }

  void remove(String table, String which, Object... parameters) throws SQLException {
    var columns = Tables.columns(table);
    try (var rows = prepare("SELECT %s FROM %s WHERE %s".formatted(columns, table, which))) {
      set(rows, parameters);
      try (var result = rows.executeQuery()) {
        while (result.next()) {
          removed(table, Tables.values(result));
        }
      }
    }
    try (var delete = writing("DELETE FROM %s WHERE %s".formatted(table, which))) {
      set(delete, parameters);
      delete.executeUpdate();
    }
  }

  private static void set(PreparedStatement statement, Object... parameters) throws SQLException {
    for (var i = 0; i < parameters.length; i++) {
      statement.setObject(i + 1, parameters[i]);
    }
  }

  /// Returns a value of CAS itself.
  public Optional<Secret> setting(String name) throws IOException {
    try (var statement = prepare("SELECT sealed FROM setting WHERE name = ?", name);
        var result = statement.executeQuery()) {
      return result.next()
          ? Optional.of(sealer.open(new Sealer.Place("setting", name, 0), result.getBytes(1)))
          : Optional.empty();
    } catch (SQLException e) {
      throw failed(e);
    }
  }

  /// Stores a value of CAS itself that does not exist yet.
  public void addSetting(String name, Secret value) throws IOException {
    try (var statement = writing("INSERT INTO setting (name, sealed) VALUES (?, ?)", name)) {
      var sealed = sealer.seal(new Sealer.Place("setting", name, 0), value);
      statement.setBytes(2, sealed);
      statement.executeUpdate();
      added("setting", name, sealed);
    } catch (SQLException e) {
      throw failed(e);
    }
  }

  /// Replaces the wrapped seal key. Its content is not part of the digest, because it is read
  /// before the digest can be verified.
  void replaceSealKey(WrappedKey wrapped) throws IOException {
    try {
      SealKeys.replace(connection, wrapped);
    } catch (SQLException e) {
      throw failed(e);
    }
  }

  /// Returns the audit lines about one request, oldest first.
  List<byte[]> linesOfRequest(String request) throws IOException {
    try {
      return AuditTable.ofRequest(connection, request);
    } catch (SQLException e) {
      throw failed(e);
    }
  }

  /// Returns the newest lines of the audit log, the newest first.
  ///
  /// @param mostBytes the most bytes of them all, except for one more line
  public List<byte[]> newestLines(int most, int mostBytes) throws IOException {
    try {
      return AuditTable.newest(connection, most, mostBytes);
    } catch (SQLException e) {
      throw failed(e);
    }
  }

  /// Returns the newest line of the audit log that contains `text`.
  Optional<byte[]> newestLine(String text) throws IOException {
    try {
      return AuditTable.newest(connection, text);
    } catch (SQLException e) {
      throw failed(e);
    }
  }

  private Optional<SessionRow> find(String sql, String... parameters) throws IOException {
    try (var statement = prepare(sql, parameters);
        var result = statement.executeQuery()) {
      return result.next()
          ? Optional.of(
              SealedSession.open(
                  sealer,
                  parameters[0],
                  result.getLong(1),
                  result.getString(2),
                  result.getBytes(3)))
          : Optional.empty();
    } catch (SQLException e) {
      throw failed(e);
    }
  }

  private static Sealer.Place place(String session, String name, long revision) {
    // Neither name contains `\n`, so the pair is unambiguous.
    return new Sealer.Place("secret", session + "\n" + name, revision);
  }

  PreparedStatement prepare(String sql, String... parameters) throws SQLException {
    var statement = connection.prepareStatement(sql);
    for (var i = 0; i < parameters.length; i++) {
      statement.setString(i + 1, parameters[i]);
    }
    return statement;
  }

  IOException failed(SQLException e) {
    return database.failed(e);
  }
}
