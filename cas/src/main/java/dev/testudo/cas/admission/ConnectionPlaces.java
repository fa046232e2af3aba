package dev.testudo.cas.admission;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.LongSupplier;

/// The places for connections. When an address has all of its places, or CAS has none left,
/// somebody gives way: first who has sent nothing, then who has not finished the TLS handshake,
/// then who makes no request; of these the one that has been so longest.
///
/// @param <C> a connection
public final class ConnectionPlaces<C> {
  /// How far a connection has come.
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

  /// All are free.
  ///
  /// @param nanoTime a clock as [System#nanoTime()]
  public ConnectionPlaces(LongSupplier nanoTime) {
    this.nanoTime = nanoTime;
  }

  /// A new connection takes a place. One that has a place keeps it.
  ///
  /// @return those to be closed for it, itself perhaps
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

  /// It has sent its first bytes.
  public void spoke(C connection) {
    reach(connection, Stage.SILENT, Stage.HANDSHAKE);
  }

  /// Its TLS handshake is done.
  public synchronized void proved(C connection) {
    reach(connection, Stage.SILENT, Stage.IDLE);
    reach(connection, Stage.HANDSHAKE, Stage.IDLE);
  }

  /// It makes a request, or has been answered.
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

  /// It is closed.
  public synchronized void leave(C connection) {
    var place = places.remove(connection);
    if (place != null) {
      counts.computeIfPresent(place.origin, (_, n) -> n == 1 ? null : n - 1);
    }
  }

  /// Those whose handshake has taken too long. They are to be closed.
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

  /// How many are taken.
  public synchronized int taken() {
    return places.size();
  }
}
