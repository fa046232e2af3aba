package dev.testudo.cas.admission;

import java.util.LinkedHashMap;
import java.util.SequencedMap;
import org.jspecify.annotations.Nullable;

/// The accounts of the keys at one address. The least recently used ones are forgotten.
/// Guarded by [Accounts].
final class OriginAccount {
  private static final long ACTIVE_NANOS = 5_000_000_000L;

  /// In the order in which they were last seen.
  private final SequencedMap<String, Account> keys = new LinkedHashMap<>(16, 0.75f, true);

  private final Account others;
  private final Account sum;
  int waiting;

  /// The number of requests that wait aside.
  int aside;

  OriginAccount(long now) {
    this.sum = new Account(this, now);
    this.others = new Account(this, now);
  }

  Account of(String key, long now) {
    @Nullable Account known = keys.get(key);
    if (known == null) {
      if (keys.size() >= Limit.ADDRESS_KEYS.value() && !forgetOne(now)) {
        return others;
      }
      known = new Account(this, now);
      keys.put(key, known);
    }
    known.seen(now);
    return known;
  }

  /// Forgets the least recently used account unless it was used recently: a fresh account would
  /// be a fresh allowance.
  private boolean forgetOne(long now) {
    var eldest = keys.entrySet().iterator();
    if (eldest.next().getValue().isSeenSince(now - ACTIVE_NANOS)) {
      return false;
    }
    eldest.remove();
    return true;
  }

  /// Returns the number of keys seen within the last seconds, at least one.
  int active(long now) {
    var count =
        keys.sequencedValues().reversed().stream()
            .takeWhile(a -> a.isSeenSince(now - ACTIVE_NANOS))
            .count();
    return Math.max(1, (int) count);
  }

  double used(long now) {
    return sum.used(now);
  }

  void charge(long nanos, long now) {
    sum.charge(nanos, now);
  }

  boolean isIdle(long now) {
    return waiting == 0
        && aside == 0
        && !others.isSeenSince(now - ACTIVE_NANOS)
        && (keys.isEmpty() || !keys.lastEntry().getValue().isSeenSince(now - ACTIVE_NANOS));
  }
}
