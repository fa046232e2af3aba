package dev.testudo.cas.admission;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.LongSupplier;

/// The places for connections, limited in all and per address. If there are too many, one is
/// closed: preferably one that has sent nothing, then one whose TLS handshake is not complete, then
/// an idle one; among several the one that has been in that stage longest.
///
/// @param <C> the type of connections
public final class ConnectionPlaces<C> {
  /// The stage of a connection, the first to be closed first.
  private enum Stage {
    SILENT,
    HANDSHAKE,
    IDLE,
    BUSY
  }

  private static final class Place<C> {
    final C connection;
    final Origin origin;
    Stage stage = Stage.SILENT;
    final long opened;
    long since;

    Place(C connection, Origin origin, long now) {
      this.connection = connection;
      this.origin = origin;
      this.opened = now;
      this.since = now;
    }
  }

  private static <C> Comparator<Place<C>> worstFirst() {
    return Comparator.comparing((Place<C> p) -> p.stage).thenComparingLong(p -> p.since);
  }

  private final IdentityHashMap<C, Place<C>> places = new IdentityHashMap<>();
  private final Map<Origin, Integer> counts = new HashMap<>();
  private final LongSupplier nanoTime;

  /// Creates an empty table.
  ///
  /// @param nanoTime a clock like [System#nanoTime()]
  public ConnectionPlaces(LongSupplier nanoTime) {
    this.nanoTime = nanoTime;
  }

  /// Adds a connection; one that is already there keeps its place.
  ///
  /// @return the connections to be closed for it, which may include itself
  public synchronized List<C> enter(C connection, Origin origin) {
    if (places.containsKey(connection)) {
      return List.of();
    }
    places.put(connection, new Place<>(connection, origin, nanoTime.getAsLong()));
    counts.merge(origin, 1, Integer::sum);
    if (counts.getOrDefault(origin, 0) > Limit.ADDRESS_CONNECTIONS.value()) {
      return List.of(worstOf(origin));
    }
    return places.size() > Limit.CONNECTIONS.value() ? List.of(worstOf(largest())) : List.of();
  }

  private Origin largest() {
    return counts.entrySet().stream().max(Map.Entry.comparingByValue()).orElseThrow().getKey();
  }

  private C worstOf(Origin origin) {
    var worst =
        places.values().stream()
            .filter(p -> p.origin.equals(origin))
            .min(worstFirst())
            .orElseThrow();
    leave(worst.connection);
    return worst.connection;
  }

  /// Records that the connection has sent its first bytes.
  public void spoke(C connection) {
    reach(connection, Stage.SILENT, Stage.HANDSHAKE);
  }

  /// Records that the TLS handshake is complete.
  public synchronized void proved(C connection) {
    reach(connection, Stage.SILENT, Stage.IDLE);
    reach(connection, Stage.HANDSHAKE, Stage.IDLE);
  }

  /// Records that the connection makes a request, or that its request was answered.
  public void busy(C connection, boolean busy) {
    reach(connection, busy ? Stage.IDLE : Stage.BUSY, busy ? Stage.BUSY : Stage.IDLE);
  }

  private synchronized void reach(C connection, Stage from, Stage to) {
    var place = places.get(connection);
    if (place != null && place.stage == from) {
      place.stage = to;
      place.since = nanoTime.getAsLong();
    }
  }

  /// Removes a connection that was closed.
  public synchronized void leave(C connection) {
    var place = places.remove(connection);
    if (place != null) {
      counts.computeIfPresent(place.origin, (_, n) -> n == 1 ? null : n - 1);
    }
  }

  /// Removes and returns the connections whose handshake takes too long. The caller closes them.
  public synchronized List<C> overdue() {
    var latest = nanoTime.getAsLong() - Limit.HANDSHAKE_SECONDS.seconds().toNanos();
    var overdue = new ArrayList<C>();
    for (var place : places.values()) {
      if (place.stage.compareTo(Stage.IDLE) < 0 && place.opened - latest < 0) {
        overdue.add(place.connection);
      }
    }
    overdue.forEach(this::leave);
    return overdue;
  }

  /// Returns the number of connections.
  public synchronized int taken() {
    return places.size();
  }
}
