package dev.testudo.shield.relay;

import dev.testudo.linux.sys.SocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;

/// The accept queue of one listener: how many authenticated peers may wait for the program to
/// accept them, as set by the backlog of listen(2).
///
/// A peer gets its place before the shield sends it the first byte, because it takes itself for
/// connected once it has the shield's side of the handshake. Until the handshake ends, the place is
/// provisional. A handshake that takes longer than [#PATIENCE] while others wait loses it; if the
/// peer is authenticated after all, it gets a place beyond the limit. So nobody holds a place for
/// long without a certificate. Among the waiting peers, the address with the fewest handshakes in
/// progress is next.
///
/// While the program accepts peers promptly, as many additional handshakes may be in progress as it
/// recently accepted in a second. Otherwise a distant peer would delay nearby ones.
///
/// Safe for use by multiple threads.
public final class Places {
  /// How long an unfinished handshake keeps a place that another peer waits for.
  static final Duration PATIENCE = Duration.ofSeconds(1);

  /// More than any kernel's backlog limit.
  private static final int MOST = 1 << 24;

  private int limit;

  /// The number of places held by authenticated peers that the program has not accepted.
  private int held;

  /// The handshakes in progress that have a place, oldest first.
  private final Set<Place> answering = new LinkedHashSet<>();

  /// The handshakes that wait for a place.
  private final Set<Place> waiting = new LinkedHashSet<>();

  /// The number of handshakes in progress with a granted place, by address.
  private final Map<Object, Integer> underWay = new HashMap<>();

  /// Callbacks to run when a place is no longer held.
  private final List<Runnable> doors = new ArrayList<>();

  private long second;
  private int takenThen;
  private int takenBefore;

  private enum State {
    WAITING,
    ANSWERING,
    LATE,
    HELD,
    GONE
  }

  /// A peer's place in the queue.
  public final class Place {
    private final Object address;
    private final Runnable granted;
    private State state = State.WAITING;
    private long since;

    private Place(Object address, Runnable granted) {
      this.address = address;
      this.granted = granted;
    }

    /// Returns whether the peer may be answered.
    boolean isGranted() {
      synchronized (Places.this) {
        return state != State.WAITING;
      }
    }

    /// Called when the peer is authenticated. It holds the place until [#giveBack].
    void hold() {
      synchronized (Places.this) {
        if (state == State.ANSWERING || state == State.LATE) {
          leaveHandshake(this);
          state = State.HELD;
          held++;
        }
      }
    }

    /// Called when the program has accepted the peer, or the peer has gone. A second call has
    /// no effect.
    public void giveBack() {
      change(() -> end(this));
    }
  }

  /// @param limit the number of places
  public Places(int limit) {
    this.limit = Math.min(limit, MOST);
  }

  /// Returns a queue without a limit.
  public static Places unlimited() {
    return new Places(MOST);
  }

  /// Changes the number of places. Granted places stay granted.
  public void limit(int places) {
    change(() -> limit = Math.min(places, MOST));
  }

  /// Returns whether a peer that connects now may soon get a place. Otherwise runs `whenOpen` once
  /// when it may.
  boolean openOr(Runnable whenOpen) {
    synchronized (this) {
      boolean open = held < limit;
      if (!open) {
        doors.add(whenOpen);
      }
      return open;
    }
  }

  /// Requests a place for `peer`. Unless the place is granted at once, `granted` runs when it is.
  Place ask(SocketAddress peer, Runnable granted) {
    synchronized (this) {
      var place = new Place(FairShare.address(peer), granted);
      if (waiting.isEmpty() && isRoom()) {
        grant(place);
      } else {
        waiting.add(place);
      }
      return place;
    }
  }

  /// Revokes the places of slow handshakes while others wait. Returns whether any peer still waits.
  boolean hurry() {
    change(
        () -> {
          long latest = System.nanoTime() - PATIENCE.toNanos();
          boolean wanted = !waiting.isEmpty() && held < limit;
          for (var each = answering.iterator(); wanted && each.hasNext(); ) {
            var place = each.next();
            if (place.since - latest > 0) {
              break;
            }
            place.state = State.LATE;
            each.remove();
          }
        });
    synchronized (this) {
      return !waiting.isEmpty();
    }
  }

  /// Runs `work`, and then, without the lock, the callbacks for which it has made room.
  private void change(Runnable work) {
    var calls = new ArrayList<Runnable>();
    synchronized (this) {
      work.run();
      while (!waiting.isEmpty() && isRoom()) {
        var next = next();
        waiting.remove(next);
        grant(next);
        calls.add(next.granted);
      }
      if (held < limit) {
        calls.addAll(doors);
        doors.clear();
      }
    }
    calls.forEach(Runnable::run);
  }

  private boolean isRoom() {
    return held + answering.size() < limit + (held == 0 ? takenLately() : 0);
  }

  /// Returns the longest-waiting place of the address with the fewest handshakes in progress.
  private Place next() {
    var best = waiting.iterator().next();
    for (var place : waiting) {
      if (count(place) < count(best)) {
        best = place;
      }
    }
    return best;
  }

  private int count(Place place) {
    return underWay.getOrDefault(place.address, 0);
  }

  private void grant(Place place) {
    place.state = State.ANSWERING;
    place.since = System.nanoTime();
    answering.add(place);
    underWay.merge(place.address, 1, Integer::sum);
  }

  private void leaveHandshake(Place place) {
    answering.remove(place);
    underWay.computeIfPresent(place.address, (_, count) -> count == 1 ? null : count - 1);
  }

  private void end(Place place) {
    switch (place.state) {
      case WAITING -> waiting.remove(place);
      case ANSWERING, LATE -> leaveHandshake(place);
      case HELD -> {
        held--;
        tick();
        takenThen++;
      }
      case GONE -> {}
    }
    place.state = State.GONE;
  }

  private int takenLately() {
    tick();
    return Math.max(takenThen, takenBefore);
  }

  private void tick() {
    long now = TimeUnit.NANOSECONDS.toSeconds(System.nanoTime());
    if (now != second) {
      takenBefore = now == second + 1 ? takenThen : 0;
      takenThen = 0;
      second = now;
    }
  }
}
