package dev.testudo.cas.store;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/// Tells the processes that share a database which sessions changed, so that each can follow the
/// others without reading everything again. The table has the number of the last change of each
/// session. It contains nothing that a decision depends on, except for what counts towards quotas.
final class SharedChanges {
  /// The most sessions that are read again one by one.
  private static final int MOST = 1000;

  /// The changes that are kept. A process that is further behind reads everything again.
  private static final long KEPT = 100_000;

  private static final long PRUNED_EVERY = 1024;

  private long seen;

  /// The newest change that [#save] saved or [#next] found.
  private long number;

  /// Saves that the running transaction changes `sessions`.
  void save(Connection connection, Set<String> sessions) throws SQLException {
    number = 0;
    if (sessions.isEmpty()) {
      return;
    }
    number = last(connection) + 1;
    try (var statement =
        connection.prepareStatement(
            "INSERT INTO session_change (session, number) VALUES (?, ?)"
                + " ON CONFLICT (session) DO UPDATE SET number = excluded.number")) {
      for (var session : sessions) {
        statement.setString(1, session);
        statement.setLong(2, number);
        statement.executeUpdate();
      }
    }
    if (number % PRUNED_EVERY == 0) {
      try (var prune = connection.prepareStatement("DELETE FROM session_change WHERE number < ?")) {
        prune.setLong(1, number - KEPT);
        prune.executeUpdate();
      }
    }
  }

  /// Records that what [#save] saved is committed, or that what [#next] returned has been read.
  void areSeen() {
    seen = Math.max(seen, number);
  }

  /// Skips all changes so far, because everything has just been read.
  void skip(Connection connection) throws SQLException {
    seen = last(connection);
  }

  /// Returns the sessions that others changed since the changes that were seen.
  ///
  /// @return empty if there are so many that everything must be read again
  Optional<List<String>> next(Connection connection) throws SQLException {
    number = last(connection);
    if (number - seen >= KEPT) {
      return Optional.empty();
    }
    var sessions = new ArrayList<String>();
    try (var statement =
        connection.prepareStatement(
            "SELECT session FROM session_change WHERE number > ? LIMIT " + (MOST + 1))) {
      statement.setLong(1, seen);
      try (var rows = statement.executeQuery()) {
        while (rows.next()) {
          sessions.add(rows.getString(1));
        }
      }
    }
    return sessions.size() > MOST ? Optional.empty() : Optional.of(sessions);
  }

  private static long last(Connection connection) throws SQLException {
    try (var statement =
            connection.prepareStatement("SELECT coalesce(max(number), 0) FROM session_change");
        var row = statement.executeQuery()) {
      return row.next() ? row.getLong(1) : 0;
    }
  }
}
