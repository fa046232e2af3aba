package dev.testudo.cli.board;

import dev.testudo.cli.board.MeshView.EdgeRow;
import dev.testudo.trust.channel.AgentEvent;
import dev.testudo.trust.status.Direction;
import dev.testudo.trust.status.SecuredConnection;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// Counts connections by client, server and rule.
///
/// Both ends of a connection inside the mesh report it. The client's report is shown; a server's
/// report is shown only for peers outside the mesh, for which no client reports.
final class Edges {
  /// The most edges with a count of their own; further ones are counted together.
  static final int MAX_EDGES = 200;

  /// The most open connections that are tracked; further ones are counted only when they open.
  static final int MAX_OPEN = 50_000;

  private static final String OTHERS = "(others)";

  private final Map<String, String> serviceByAddress = new HashMap<>();
  private final Map<Edge, Count> counts = new LinkedHashMap<>();
  private final Map<Connection, Edge> open = new HashMap<>();

  Edges(Map<String, String> addresses) {
    addresses.forEach((service, address) -> serviceByAddress.put(address, service));
  }

  private record Edge(String from, String to, String rule, Direction direction) {
    boolean isInbound() {
      return direction == Direction.INBOUND;
    }
  }

  private record Connection(String service, long id) {}

  private static final class Count {
    long open;
    long total;
    long bytes;
  }

  /// Counts a new connection. Returns its edge if it is the first one on it.
  Optional<EdgeRow> opened(String service, AgentEvent.Opened opened) {
    var edge = edge(service, opened);
    var known = counts.containsKey(edge);
    if (!known && counts.size() >= MAX_EDGES) {
      edge = new Edge(OTHERS, OTHERS, "", edge.direction());
      known = counts.containsKey(edge);
    }
    var count = counts.computeIfAbsent(edge, _ -> new Count());
    count.total++;
    if (open.size() < MAX_OPEN) {
      open.put(new Connection(service, opened.connection().id()), edge);
      count.open++;
    }
    return known || edge.from().equals(OTHERS) || (edge.isInbound() && toldByClient(edge))
        ? Optional.empty()
        : Optional.of(row(edge, count));
  }

  private Edge edge(String service, AgentEvent.Opened opened) {
    var connection = opened.connection();
    var peer = name(connection);
    return connection.isInbound()
        ? new Edge(peer, service, connection.rule(), Direction.INBOUND)
        : new Edge(service, peer, connection.rule(), Direction.OUTBOUND);
  }

  /// Returns the name of the peer: the service with its address, else the name in its certificate,
  /// else its address. The port of a client is left out; the port of a server identifies the
  /// server on its machine.
  private String name(SecuredConnection connection) {
    var address = connection.peer();
    var colon = address.lastIndexOf(':');
    var host = colon < 0 ? address : address.substring(0, colon);
    var service = serviceByAddress.get(host);
    if (service != null) {
      return service;
    }
    return connection.peerName().orElse(connection.isInbound() ? host : address);
  }

  void closed(String service, AgentEvent.Closed closed) {
    var edge = open.remove(new Connection(service, closed.connection().id()));
    var count = edge == null ? null : counts.get(edge);
    if (count != null) {
      count.open--;
      count.bytes += closed.traffic().total();
    }
  }

  /// Removes a service that has ended, with its connections.
  void forget(String service) {
    open.entrySet()
        .removeIf(
            entry -> {
              if (!entry.getKey().service().equals(service)) {
                return false;
              }
              close(counts.get(entry.getValue()));
              return true;
            });
  }

  private static void close(@Nullable Count count) {
    if (count != null) {
      count.open--;
    }
  }

  List<EdgeRow> rows() {
    var rows = new ArrayList<EdgeRow>();
    counts.forEach(
        (edge, count) -> {
          if (!edge.isInbound() || !toldByClient(edge)) {
            rows.add(row(edge, count));
          }
        });
    return rows;
  }

  private boolean toldByClient(Edge inbound) {
    return counts.keySet().stream()
        .anyMatch(
            edge ->
                !edge.isInbound()
                    && edge.from().equals(inbound.from())
                    && edge.to().equals(inbound.to()));
  }

  private static EdgeRow row(Edge edge, Count count) {
    return new EdgeRow(edge.from(), edge.to(), edge.rule(), count.open, count.total, count.bytes);
  }
}
