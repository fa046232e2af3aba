package dev.testudo.cas.admission;

import dev.testudo.cas.caller.Caller;
import dev.testudo.trust.pki.KeyHash;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/// What callers have cost lately, per key and per address, in tables of limited size.
final class Accounts {
  private final Map<Origin, OriginAccount> origins = new LinkedHashMap<>(16, 0.75f, true);
  private final LongSupplier nanoTime;
  private final OriginAccount others;

  Accounts(LongSupplier nanoTime) {
    this.nanoTime = nanoTime;
    this.others = new OriginAccount(nanoTime.getAsLong());
  }

  synchronized Account of(Caller caller) {
    var now = nanoTime.getAsLong();
    return origin(Origin.of(caller.address()), now)
        .of(caller.key().map(KeyHash::text).orElse(""), now);
  }

  private OriginAccount origin(Origin origin, long now) {
    @Nullable OriginAccount known = origins.get(origin);
    if (known != null) {
      return known;
    }
    if (origins.size() >= Limit.ADDRESSES.value()) {
      var eldest = origins.values().iterator();
      if (!eldest.next().isIdle(now)) {
        return others;
      }
      eldest.remove();
    }
    var made = new OriginAccount(now);
    origins.put(origin, made);
    return made;
  }

  /// How long the next request of `account` has to wait, in nanoseconds. Strangers at one address
  /// share its rate, each key as much as the other.
  synchronized long pace(Account account, Rank rank) {
    var now = nanoTime.getAsLong();
    var rate =
        rank == Rank.KNOWN
            ? Limit.KNOWN_PER_SECOND.value()
            : (double) Limit.STRANGERS_PER_SECOND.value() / account.origin.active(now);
    var wait = account.pace(rate, now);
    if (wait > Limit.TURN_SECONDS.seconds().toNanos()) {
      account.unpace();
    }
    return wait;
  }

  synchronized void charge(Account account, long nanos) {
    var now = nanoTime.getAsLong();
    account.charge(nanos, now);
    account.origin.charge(nanos, now);
  }

  synchronized double used(Account account) {
    return account.used(nanoTime.getAsLong());
  }

  synchronized double usedByOrigin(Account account) {
    return account.origin.used(nanoTime.getAsLong());
  }

  synchronized int size() {
    return origins.size();
  }
}
