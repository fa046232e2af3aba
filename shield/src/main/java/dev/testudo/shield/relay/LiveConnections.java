package dev.testudo.shield.relay;

import dev.testudo.shield.LiveConnection;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/// The connections that carry data now. Each holds a place of the [Capacity], which limits their
/// number. Safe for use by multiple threads.
final class LiveConnections {
  private final Map<Long, Connection> byId = new ConcurrentHashMap<>();

  void add(Connection connection) {
    byId.put(connection.id(), connection);
  }

  void remove(Connection connection) {
    byId.remove(connection.id());
  }

  /// Returns a snapshot of each connection, oldest first.
  List<LiveConnection> snapshot() {
    return byId.values().stream()
        .map(Connection::snapshot)
        .sorted(Comparator.comparingLong(live -> live.connection().id()))
        .toList();
  }
}
