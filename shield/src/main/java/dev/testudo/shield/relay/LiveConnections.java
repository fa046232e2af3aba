package dev.testudo.shield.relay;

import dev.testudo.shield.LiveConnection;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/// The connections that carry bytes now. Bounded by the [Capacity], of which each holds a place.
/// Safe for several threads.
final class LiveConnections {
  private final Map<Long, Connection> byId = new ConcurrentHashMap<>();

  void add(Connection connection) {
    byId.put(connection.id(), connection);
  }

  void remove(Connection connection) {
    byId.remove(connection.id());
  }

  /// What each of them is like now, the oldest first.
  List<LiveConnection> snapshot() {
    return byId.values().stream()
        .map(Connection::snapshot)
        .sorted(Comparator.comparingLong(live -> live.connection().id()))
        .toList();
  }
}
