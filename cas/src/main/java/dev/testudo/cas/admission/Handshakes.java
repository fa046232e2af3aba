package dev.testudo.cas.admission;

import java.util.ArrayDeque;
import java.util.Comparator;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/// Schedules TLS handshakes, of which only a few are computed at a time. A handshake that has
/// begun continues before another begins, because its cost would otherwise be wasted. Among new
/// ones, the address with the least recent cost comes first, and of one address the newest
/// handshake. Under overload the client of the newest is still there, whereas those that have
/// waited longest are about to give up.
public final class Handshakes {
  /// The number of handshakes computed at a time.
  private static final int AT_ONCE = 2;

  private final Callers callers;
  private final Accounts accounts;
  private final LongSupplier nanoTime;
  private final Deque<Waiting> begun = new ArrayDeque<>();
  private final Map<OriginAccount, Line> fresh = new LinkedHashMap<>();
  private int running;

  Handshakes(Callers callers, Accounts accounts, LongSupplier nanoTime) {
    this.nanoTime = nanoTime;
    this.callers = callers;
    this.accounts = accounts;
  }

  /// The waiting handshakes of one address that have not begun, the newest last.
  private static final class Line {
    private final Deque<Waiting> waiting = new ArrayDeque<>();
    private Rank rank = Rank.STRANGER;
  }

  private record Waiting(OriginAccount account, boolean begun, CompletableFuture<Turn> turn) {}

  /// Waits until a part of a handshake may be computed.
  ///
  /// @param hasBegun true if an earlier part was computed
  /// @return the turn, or null if it does not come in time
  public @Nullable Turn await(Origin origin, boolean hasBegun) throws InterruptedException {
    var waiting = add(accounts.of(origin), callers.rank(origin), hasBegun);
    try {
      return waiting.turn().get(Limit.HANDSHAKE_SECONDS.value(), TimeUnit.SECONDS);
    } catch (TimeoutException e) {
      return giveUp(waiting) ? null : waiting.turn().join();
    } catch (InterruptedException e) {
      if (!giveUp(waiting)) {
        waiting.turn().join().close();
      }
      throw e;
    } catch (ExecutionException e) {
      throw new IllegalStateException(e);
    }
  }

  private synchronized Waiting add(OriginAccount account, Rank rank, boolean hasBegun) {
    var waiting = new Waiting(account, hasBegun, new CompletableFuture<>());
    if (running < AT_ONCE) {
      running++;
      waiting.turn().complete(new Turn(account));
    } else if (hasBegun) {
      begun.add(waiting);
    } else {
      var line = fresh.computeIfAbsent(account, _ -> new Line());
      line.rank = rank;
      line.waiting.add(waiting);
    }
    return waiting;
  }

  /// Returns true if the turn has not come, and will not come any more.
  private synchronized boolean giveUp(Waiting waiting) {
    if (waiting.begun()) {
      return begun.remove(waiting);
    }
    var line = fresh.getOrDefault(waiting.account(), new Line());
    var removed = line.waiting.remove(waiting);
    fresh.values().removeIf(one -> one.waiting.isEmpty());
    return removed;
  }

  private synchronized void next() {
    var next = begun.poll();
    if (next == null) {
      next = latestOfCheapest();
    }
    if (next == null) {
      running--;
    } else {
      next.turn().complete(new Turn(next.account()));
    }
  }

  private @Nullable Waiting latestOfCheapest() {
    var cheapest =
        fresh.entrySet().stream()
            .min(
                Comparator.comparingDouble(
                    line -> accounts.cost(line.getKey(), line.getValue().rank)));
    var latest = cheapest.map(line -> line.getValue().waiting.pollLast()).orElse(null);
    fresh.values().removeIf(one -> one.waiting.isEmpty());
    return latest;
  }

  /// Returns the number of waiting handshakes.
  synchronized int waiting() {
    return begun.size() + fresh.values().stream().mapToInt(line -> line.waiting.size()).sum();
  }

  /// The right to compute a part of a handshake. Closing it more than once has no effect.
  public final class Turn implements AutoCloseable {
    private final OriginAccount account;
    private final long begin = nanoTime.getAsLong();
    private boolean over;

    private Turn(OriginAccount account) {
      this.account = account;
    }

    /// Ends the turn and starts the next one.
    @Override
    public void close() {
      synchronized (this) {
        if (over) {
          return;
        }
        over = true;
      }
      accounts.charge(account, nanoTime.getAsLong() - begin);
      next();
    }
  }
}
