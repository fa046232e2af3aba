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
import java.util.TreeMap;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/// Whose each session is and how much it takes up. It is added up when the database is opened and
/// follows every transaction: what is undone in the database is undone here. Guarded by the lock of
/// the store.
final class Holdings {
  /// Tables whose rows belong to a session: its name is their first column, what counts their last.
  private static final Map<String, String> TABLES =
      Map.of("session", "name", "secret", "session", "join_token", "session");

  private final NavigableMap<String, Entry> sessions = new TreeMap<>();
  private final Map<String, Held> creators = new HashMap<>();
  private final Deque<Change> changes = new ArrayDeque<>();

  private record Entry(String creator, long bytes) {}

  /// @param before empty if the session was not there
  private record Change(String name, Optional<Entry> before) {}

  /// Adds up what is in the database.
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

  /// Session `name` is one of `creator`, if it was not there yet.
  void isOf(String name, String creator) {
    if (!sessions.containsKey(name)) {
      change(name, new Entry(creator, 0));
    }
  }

  /// A row came, or went where `sign` is -1.
  void follow(String table, Object[] values, int sign) {
    // What a session imports is a part of its text, which counts already.
    if (TABLES.containsKey(table)
        && values[0] instanceof String name
        && values[values.length - 1] instanceof byte[] sealed) {
      grow(name, (long) sign * sealed.length);
    }
  }

  /// Session `name` is no more.
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

  /// What was changed stays.
  void commit() {
    changes.clear();
  }

  /// What was changed since [#commit()] is as it was.
  void undo() {
    while (!changes.isEmpty()) {
      var change = changes.pop();
      set(change.name(), change.before().orElse(null));
    }
  }

  List<String> names() {
    return List.copyOf(sessions.keySet());
  }

  long countSessions() {
    return sessions.size();
  }

  /// What all sessions of `creator` take up.
  Held of(String creator) {
    return creators.getOrDefault(creator, Held.NOTHING);
  }

  /// What those sessions take up whose name begins with `prefix` and whose creator is one of
  /// `which`.
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

  /// Everybody who has a session.
  List<String> creators() {
    return List.copyOf(creators.keySet());
  }
}
