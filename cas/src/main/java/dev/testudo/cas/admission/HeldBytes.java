package dev.testudo.cas.admission;

import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;

/// Counts the bytes of bodies and answers in memory. Slow callers do no harm until there are too
/// many bytes. Then the largest holding of the address with the most bytes is released early.
public final class HeldBytes {
  private final Set<Holding> holdings = new HashSet<>();
  private long total;
  private long strangers;

  HeldBytes() {}

  /// The bytes that one request holds. Close it when they are released.
  public final class Holding implements AutoCloseable {
    private final Origin origin;
    private final Rank rank;
    private final Runnable giveWay;
    private long bytes;
    private boolean over;

    private Holding(Origin origin, Rank rank, Runnable giveWay) {
      this.origin = origin;
      this.rank = rank;
      this.giveWay = giveWay;
    }

    /// Adds bytes, and releases other holdings, or this one, if there are too many.
    public void add(int more) {
      HeldBytes.this.add(this, more);
    }

    @Override
    public void close() {
      forget(this);
    }
  }

  synchronized Holding hold(Origin origin, Rank rank, Runnable giveWay) {
    var holding = new Holding(origin, rank, giveWay);
    holdings.add(holding);
    return holding;
  }

  synchronized long total() {
    return total;
  }

  private void add(Holding holding, int more) {
    while (true) {
      Holding victim;
      synchronized (this) {
        if (holding.over) {
          return;
        }
        count(holding, more);
        more = 0;
        if (total <= Limit.HELD_BYTES.value() && strangers <= Limit.STRANGERS_HELD_BYTES.value()) {
          return;
        }
        victim = largest(total <= Limit.HELD_BYTES.value());
        forget(victim);
      }
      victim.giveWay.run();
    }
  }

  private void count(Holding holding, long more) {
    holding.bytes += more;
    total += more;
    if (!holding.rank.isTrusted()) {
      strangers += more;
    }
  }

  private Holding largest(boolean strangersOnly) {
    var sums = new HashMap<Origin, Long>();
    for (var h : holdings) {
      sums.merge(h.origin, h.bytes, Long::sum);
    }
    Holding worst = null;
    for (var h : holdings) {
      if ((!strangersOnly || !h.rank.isTrusted()) && (worst == null || isWorse(h, worst, sums))) {
        worst = h;
      }
    }
    if (worst == null) {
      throw new IllegalStateException("bytes are held by nobody");
    }
    return worst;
  }

  private static boolean isWorse(Holding one, Holding other, Map<Origin, Long> sums) {
    var sum = sums.getOrDefault(one.origin, 0L);
    var otherSum = sums.getOrDefault(other.origin, 0L);
    return sum > otherSum || (sum.equals(otherSum) && one.bytes > other.bytes);
  }

  private synchronized void forget(Holding holding) {
    if (holdings.remove(holding)) {
      count(holding, -holding.bytes);
      holding.over = true;
    }
  }
}
