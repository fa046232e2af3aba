package dev.testudo.cas.store.log;

import dev.testudo.cas.audit.AuditEvent;
import dev.testudo.cas.caller.Caller;
import dev.testudo.trust.pki.KeyHash;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.LongSupplier;

/// Limits how many of the events that anybody can cause are logged one by one. The others are
/// counted, and the counts are logged once a minute. So strangers can neither fill the log nor keep
/// CAS writing. Thread-safe.
public final class AuditBudget {
  /// The most events logged one by one per minute: of one key, of one address, in all.
  public static final int OF_KEY = 10;

  static final int OF_ADDRESS = 60;
  static final int IN_ALL = 240;

  /// The most different counts; further ones are combined.
  private static final int MOST_COUNTS = 64;

  private static final long WINDOW = 60_000_000_000L;

  private final LongSupplier nanoTime;
  private final Map<String, Integer> logged = new HashMap<>();
  private final Map<String, Long> counts = new HashMap<>();

  /// The beginnings of two periods of a minute: that of logging one by one, and that of counting.
  /// The first ends with the next event after a minute, the second when the counts are fetched.
  private long began;

  private long countedSince;

  /// Creates a budget.
  ///
  /// @param nanoTime a clock like [System#nanoTime()]
  public AuditBudget(LongSupplier nanoTime) {
    this.nanoTime = nanoTime;
    this.began = nanoTime.getAsLong();
    this.countedSince = began;
  }

  /// Returns true if an event of `caller` is to be logged by itself.
  public synchronized boolean admits(Caller caller) {
    if (nanoTime.getAsLong() - began >= WINDOW) {
      began = nanoTime.getAsLong();
      logged.clear();
    }
    var key = caller.key().map(k -> "key " + k).orElse("address " + address(caller));
    var address = "from " + address(caller);
    if (logged.getOrDefault("", 0) >= IN_ALL
        || logged.getOrDefault(address, 0) >= OF_ADDRESS
        || logged.getOrDefault(key, 0) >= OF_KEY) {
      return false;
    }
    logged.merge("", 1, Integer::sum);
    logged.merge(address, 1, Integer::sum);
    logged.merge(key, 1, Integer::sum);
    return true;
  }

  /// Counts an event that is not logged by itself.
  public synchronized void count(Caller caller, AuditEvent event) {
    var what =
        switch (event) {
          case AuditEvent.Refused refused -> refused.action() + " " + refused.reason();
          case AuditEvent.ValuesRead _ -> "read-values ok";
          case AuditEvent other -> other.getClass().getSimpleName();
        };
    var who = caller.key().map(KeyHash::text).orElse("-") + " " + address(caller);
    var name = what + " " + who;
    counts.merge(
        counts.size() < MOST_COUNTS || counts.containsKey(name) ? name : what + " others",
        1L,
        Long::sum);
  }

  /// Returns the counts and resets them, once their minute is over.
  public synchronized Optional<AuditEvent> counted() {
    return nanoTime.getAsLong() - countedSince < WINDOW ? Optional.empty() : take();
  }

  /// Returns the counts so far and resets them.
  public synchronized Optional<AuditEvent> take() {
    var seconds = (nanoTime.getAsLong() - countedSince) / 1_000_000_000;
    countedSince = nanoTime.getAsLong();
    if (counts.isEmpty()) {
      return Optional.empty();
    }
    var event = new AuditEvent.Counted(seconds, counts);
    counts.clear();
    return Optional.of(event);
  }

  private static String address(Caller caller) {
    return caller.address().getHostAddress();
  }
}
