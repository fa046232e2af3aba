package dev.testudo.cas.store;

import dev.testudo.cas.store.seal.Sealer;
import java.io.IOException;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/// The creator and the size of each session. The sizes are computed when the database is opened and
/// follow every transaction, including its rollback. Guarded by the lock of the store.
final class Holdings {
  /// The tables whose rows belong to a session. Their first column is its name, their last the
  /// content that counts.
  private static final Map<String, String> TABLES =
      Map.of("session", "name", "secret", "session", "join_token", "session");

  private final NavigableMap<String, Entry> sessions = new TreeMap<>();
  private final Map<String, Held> creators = new HashMap<>();
  private final Deque<Change> changes = new ArrayDeque<>();

  private record Entry(String creator, long bytes) {}

  /// A change to be undone on rollback.
  ///
  /// @param before empty if the session did not exist
  private record Change(String name, Optional<Entry> before) {}

  /// Computes the sizes of everything in the database.
  static Holdings of(Connection connection, Sealer sealer) throws SQLException, IOException {
    var holdings = new Holdings();
    var active =
        """
        SELECT name, revision, hash, sealed FROM session s WHERE revision =
          (SELECT max(revision) FROM session newest WHERE newest.name = s.name) ORDER BY name
        """;
    try (var statement = connection.prepareStatement(active);
        var rows = statement.executeQuery()) {
      while (rows.next()) {
        var row =
            SealedSession.open(
                sealer, rows.getString(1), rows.getLong(2), rows.getString(3), rows.getBytes(4));
        holdings.isOf(row.name(), row.creator());
      }
    }
    for (var table : TABLES.entrySet()) {
      var sums =
          "SELECT %1$s, sum(length(sealed)) FROM %2$s GROUP BY %1$s"
              .formatted(table.getValue(), table.getKey());
      try (var statement = connection.prepareStatement(sums);
          var rows = statement.executeQuery()) {
        while (rows.next()) {
          holdings.grow(rows.getString(1), rows.getLong(2));
        }
      }
    }
    holdings.commit();
    return holdings;
  }

  /// Computes the creator and the size of one session again, because another process changed it.
  void reload(String name, Connection connection, Sealer sealer) throws SQLException, IOException {
    set(name, null);
    try (var statement =
        connection.prepareStatement(
            "SELECT revision, hash, sealed FROM session WHERE name = ?"
                + " ORDER BY revision DESC LIMIT 1")) {
      statement.setString(1, name);
      try (var row = statement.executeQuery()) {
        if (row.next()) {
          var active =
              SealedSession.open(sealer, name, row.getLong(1), row.getString(2), row.getBytes(3));
          set(name, new Entry(active.creator(), bytes(name, connection)));
        }
      }
    }
  }

  private static long bytes(String name, Connection connection) throws SQLException {
    var bytes = 0L;
    for (var table : TABLES.entrySet()) {
      var sum =
          "SELECT coalesce(sum(length(sealed)), 0) FROM %s WHERE %s = ?"
              .formatted(table.getKey(), table.getValue());
      try (var statement = connection.prepareStatement(sum)) {
        statement.setString(1, name);
        try (var row = statement.executeQuery()) {
          bytes += row.next() ? row.getLong(1) : 0;
        }
      }
    }
    return bytes;
  }

  /// Returns the sessions that the running transaction has changed so far.
  Set<String> changed() {
    return changes.stream().map(Change::name).collect(Collectors.toSet());
  }

  /// Records the creator of a session, if the session is new.
  void isOf(String name, String creator) {
    if (!sessions.containsKey(name)) {
      change(name, new Entry(creator, 0));
    }
  }

  /// Records that a row was added, or removed if `sign` is -1.
  void follow(String table, Object[] values, int sign) {
    // Other tables do not count: the imports of a session, for example, derive from its text,
    // which counts already.
    if (TABLES.containsKey(table)
        && values[0] instanceof String name
        && values[values.length - 1] instanceof byte[] sealed) {
      grow(name, (long) sign * sealed.length);
    }
  }

  /// Removes a session.
  void forget(String name) {
    change(name, null);
  }

  private void grow(String name, long bytes) {
    var entry = sessions.get(name);
    if (entry != null) {
      change(name, new Entry(entry.creator(), entry.bytes() + bytes));
    }
  }

  private void change(String name, @Nullable Entry after) {
    changes.push(new Change(name, Optional.ofNullable(sessions.get(name))));
    set(name, after);
  }

  private void set(String name, @Nullable Entry after) {
    var before = after == null ? sessions.remove(name) : sessions.put(name, after);
    if (before != null) {
      count(before, -1);
    }
    if (after != null) {
      count(after, 1);
    }
  }

  private void count(Entry entry, int sign) {
    creators.compute(
        entry.creator(),
        (_, held) -> {
          var sum = (held == null ? Held.NOTHING : held).plus(sign, sign * entry.bytes());
          return sum.sessions() == 0 ? null : sum;
        });
  }

  /// Makes all changes permanent.
  void commit() {
    changes.clear();
  }

  /// Returns a mark for [#undo(int)].
  int mark() {
    return changes.size();
  }

  /// Undoes all changes since [#commit()].
  void undo() {
    undo(0);
  }

  /// Undoes all changes since `mark`.
  void undo(int mark) {
    while (changes.size() > mark) {
      var change = changes.pop();
      set(change.name(), change.before().orElse(null));
    }
  }

  List<String> names() {
    return List.copyOf(sessions.keySet());
  }

  List<String> names(String creator) {
    return sessions.entrySet().stream()
        .filter(session -> session.getValue().creator().equals(creator))
        .map(Map.Entry::getKey)
        .toList();
  }

  long countSessions() {
    return sessions.size();
  }

  /// Returns the storage of all sessions of `creator`.
  Held of(String creator) {
    return creators.getOrDefault(creator, Held.NOTHING);
  }

  /// Returns the storage of the sessions whose name begins with `prefix` and whose
  /// creator satisfies `which`.
  Held below(String prefix, Predicate<String> which) {
    var held = Held.NOTHING;
    for (var entry : sessions.tailMap(prefix, false).entrySet()) {
      if (!entry.getKey().startsWith(prefix)) {
        break;
      }
      if (which.test(entry.getValue().creator())) {
        held = held.plus(1, entry.getValue().bytes());
      }
    }
    return held;
  }

  /// Returns everybody who has a session.
  List<String> creators() {
    return List.copyOf(creators.keySet());
  }
}
