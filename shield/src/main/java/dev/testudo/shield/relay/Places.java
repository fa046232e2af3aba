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

/// The places of one listener's accept queue: how many peers may be authenticated and not yet
/// accepted by the program, as the backlog of listen(2) says.
///
/// A peer asks for its place before the first byte is sent to it, because it takes itself for
/// connected once it has our side of the handshake. Until the handshake is over the place is only
/// lent: who takes longer than [#PATIENCE] while others wait loses it, and gets one beyond the
/// limit if it is authenticated all the same. So nobody holds a place for long without a
/// certificate, and of those who wait the address with the fewest handshakes under way is first.
///
/// While the program takes peers as they come, there may be more handshakes under way, by as many
/// as it took in a second lately: else a peer far away would hold up others who are near.
///
/// Safe for several threads.
public final class Places {
  /// How long an unfinished handshake keeps a place that another peer waits for.
  static final Duration PATIENCE = Duration.ofSeconds(1);

  /// More than any kernel's limit of a backlog.
  private static final int MOST = 1 << 24;

  private int limit;

  /// Places of authenticated peers that the program has not accepted.
  private int held;

  /// Handshakes under way that have a place, the oldest first.
  private final Set<Place> answering = new LinkedHashSet<>();

  /// Those that wait for one.
  private final Set<Place> waiting = new LinkedHashSet<>();

  /// How many handshakes of each address are under way that were granted a place.
  private final Map<Object, Integer> underWay = new HashMap<>();

  /// What waits until not all places are held.
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

  /// One peer's place.
  public final class Place {
    private final Object address;
    private final Runnable granted;
    private State state = State.WAITING;
    private long since;

    private Place(Object address, Runnable granted) {
      this.address = address;
      this.granted = granted;
    }

    /// Whether the peer may be answered.
    boolean isGranted() {
      synchronized (Places.this) {
        return state != State.WAITING;
      }
    }

    /// The peer is authenticated: the place is its own until [#giveBack].
    void hold() {
      synchronized (Places.this) {
        if (state == State.ANSWERING || state == State.LATE) {
          leaveHandshake(this);
          state = State.HELD;
          held++;
        }
      }
    }

    /// The program has accepted the peer, or the peer has gone. Does nothing the second time.
    public void giveBack() {
      change(() -> end(this));
    }
  }

  /// @param limit how many places there are
  public Places(int limit) {
    this.limit = Math.min(limit, MOST);
  }

  /// For those who hold nobody back.
  public static Places unlimited() {
    return new Places(MOST);
  }

  /// Changes how many places there are. Who has one keeps it.
  public void limit(int places) {
    change(() -> limit = Math.min(places, MOST));
  }

  /// Whether a peer that connects now may get a place soon; otherwise `whenOpen` is run once when
  /// that has changed.
  boolean openOr(Runnable whenOpen) {
    synchronized (this) {
      boolean open = held < limit;
      if (!open) {
        doors.add(whenOpen);
      }
      return open;
    }
  }

  /// Asks for a place for `peer`; unless it is granted at once, `granted` is run when it is.
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

  /// Takes the places of late handshakes away while others wait; whether any still do.
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

  /// Does `work` and runs, with the lock released, what it has made room for.
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

  /// The one that has waited longest of the address with the fewest handshakes under way.
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
