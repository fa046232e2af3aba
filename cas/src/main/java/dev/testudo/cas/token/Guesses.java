package dev.testudo.cas.token;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.LinkedHashMap;
import java.util.Map;

/// Limits how often one-time passwords from a secret may be tried. After several wrong ones in a
/// row, CAS looks at none for a while: one minute, then two, four, up to an hour. Only callers
/// whose evidence and token are accepted get as far as this. The counts are in memory, so a
/// restart forgets them.
public final class Guesses {
  /// The wrong passwords in a row that have no consequence.
  static final int FREE = 5;

  private static final Duration FIRST = Duration.ofMinutes(1);
  private static final Duration LONGEST = Duration.ofHours(1);
  private static final int MOST_DOUBLINGS = 6;

  /// The most counts. Whoever wants another one forgotten must fail for as many services.
  private static final int MOST = 1 << 16;

  private record Wrong(int count, Instant lockedUntil) {}

  private final InstantSource clock;
  private final Map<String, Wrong> bySecret =
      new LinkedHashMap<>(16, 0.75f, true) {
        private static final long serialVersionUID = 1;

        @Override
        protected boolean removeEldestEntry(Map.Entry<String, Wrong> eldest) {
          return size() > MOST;
        }
      };

  /// Creates a limit without any counts.
  public Guesses(InstantSource clock) {
    this.clock = clock;
  }

  /// Counts a try, which is wrong until [#right] says otherwise.
  ///
  /// @return false if no password may be tried now
  synchronized boolean mayTry(String secret) {
    var now = clock.instant();
    var before = bySecret.getOrDefault(secret, new Wrong(0, Instant.MIN));
    if (now.isBefore(before.lockedUntil())) {
      return false;
    }
    var count = before.count() + 1;
    var until = count < FREE ? Instant.MIN : now.plus(wait(count - FREE));
    bySecret.put(secret, new Wrong(count, until));
    return true;
  }

  private static Duration wait(int doublings) {
    var time = FIRST.multipliedBy(1L << Math.min(doublings, MOST_DOUBLINGS));
    return time.compareTo(LONGEST) < 0 ? time : LONGEST;
  }

  /// Forgets the wrong passwords from a secret.
  synchronized void right(String secret) {
    bySecret.remove(secret);
  }
}
