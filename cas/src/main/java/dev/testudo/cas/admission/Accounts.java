package dev.testudo.cas.admission;

import dev.testudo.cas.caller.Caller;
import dev.testudo.trust.pki.KeyHash;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/// The recent costs of callers, per key and per address, in tables of limited size.
final class Accounts {
  private static final double ADDRESS_PART = 16;

  /// A cost in nanoseconds that every caller starts with, so that the rank decides between
  /// callers of little cost.
  private static final double NEWCOMER = 50e6;

  /// While a request waits, what its caller costs more than a stranger who has used nothing counts
  /// half after each such time. So it overtakes others of similar cost, but never a newcomer.
  private static final double WAITING_HALVES_NANOS = 1e9;

  private final Map<Origin, OriginAccount> origins = new LinkedHashMap<>(16, 0.75f, true);
  private final LongSupplier nanoTime;
  private final OriginAccount others;

  /// The number of requests that wait aside: of all callers, and of callers that are not known.
  private int aside;

  private int unknownAside;

  Accounts(LongSupplier nanoTime) {
    this.nanoTime = nanoTime;
    this.others = new OriginAccount(nanoTime.getAsLong());
  }

  synchronized Account of(Caller caller) {
    var now = nanoTime.getAsLong();
    return origin(Origin.of(caller.address()), now)
        .of(caller.key().map(KeyHash::text).orElse(""), now);
  }

  /// Returns the account of an address, for a caller whose key is not known yet.
  synchronized OriginAccount of(Origin origin) {
    return origin(origin, nanoTime.getAsLong());
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

  /// Returns how long the next request of `account` must wait, in nanoseconds. Strangers at one
  /// address share its rate, each key equally.
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

  /// Takes a place for a request that waits aside.
  ///
  /// @return false if there is none for such a caller
  synchronized boolean stepAside(Account account, Rank rank) {
    var unknown = rank != Rank.KNOWN;
    if (aside >= Limit.ASIDE.value()
        || (unknown && unknownAside >= Limit.UNKNOWN_ASIDE.value())
        || account.origin.aside >= Limit.ADDRESS_ASIDE.value()) {
      return false;
    }
    aside++;
    unknownAside += unknown ? 1 : 0;
    account.origin.aside++;
    return true;
  }

  /// Releases the place.
  synchronized void stepBack(Account account, Rank rank) {
    aside--;
    unknownAside -= rank == Rank.KNOWN ? 0 : 1;
    account.origin.aside--;
  }

  synchronized void charge(Account account, long nanos) {
    var now = nanoTime.getAsLong();
    account.charge(nanos, now);
    account.origin.charge(nanos, now);
  }

  synchronized void charge(OriginAccount account, long nanos) {
    account.charge(nanos, nanoTime.getAsLong());
  }

  /// Returns the cost of an address whose key is not known yet, see [#cost(Account, Rank, long)].
  synchronized double cost(OriginAccount account, Rank rank) {
    return (NEWCOMER + account.used(nanoTime.getAsLong())) / rank.share();
  }

  /// Returns the recent cost of a caller, by which its requests are ordered. It is the cost of the
  /// key plus a small part of the cost of its address, so that a caller gains little by spreading
  /// requests over many keys. The sum is divided by the caller's share: costs of better known
  /// callers count less.
  ///
  /// @param waited how long the request waits, in nanoseconds
  synchronized double cost(Account account, Rank rank, long waited) {
    var now = nanoTime.getAsLong();
    var used = account.used(now) + account.origin.used(now) / ADDRESS_PART;
    var cost = (NEWCOMER + used) / rank.share();
    return cost <= NEWCOMER
        ? cost
        : NEWCOMER + (cost - NEWCOMER) * Math.pow(0.5, waited / WAITING_HALVES_NANOS);
  }

  synchronized int size() {
    return origins.size();
  }
}
