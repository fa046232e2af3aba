package dev.testudo.operator.policy;

import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.random.RandomGenerator;

/// How often each object was tried in vain, and when to try it again. Forgets everything at the end
/// of the process, which then begins anew. Thread-safe.
final class PolicyAttempts {
  private static final int MOST_OBJECTS = 10_000;
  private static final Duration FIRST = Duration.ofSeconds(2);
  private static final Duration LONGEST = Duration.ofMinutes(10);

  private final RandomGenerator random;
  private final Map<String, Integer> failed =
      new LinkedHashMap<>() {
        private static final long serialVersionUID = 1;

        @Override
        protected boolean removeEldestEntry(Map.Entry<String, Integer> eldest) {
          return size() > MOST_OBJECTS;
        }
      };

  PolicyAttempts(RandomGenerator random) {
    this.random = random;
  }

  /// Counts an attempt in vain, and returns how long to wait for the next: 2 seconds at first, then
  /// twice as long each time, at most 10 minutes; up to a quarter less at random, so that objects
  /// which failed together do not come back together.
  ///
  /// @param most the attempts after which there is no further one
  /// @return empty after the last attempt
  synchronized Optional<Duration> again(String uid, int most) {
    var attempts = failed.merge(uid, 1, Integer::sum);
    if (attempts >= most) {
      return Optional.empty();
    }
    var doubled = FIRST.multipliedBy(1L << Math.min(attempts - 1, 20));
    var longest = doubled.compareTo(LONGEST) < 0 ? doubled : LONGEST;
    return Optional.of(longest.minusMillis(random.nextLong(longest.toMillis() / 4)));
  }

  /// Forgets the attempts of an object.
  synchronized void forget(String uid) {
    failed.remove(uid);
  }
}
