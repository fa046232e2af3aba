package dev.testudo.image.registry;

import java.io.InterruptedIOException;
import java.time.Duration;
import java.util.concurrent.ThreadLocalRandom;

/// How often and when a failed request is sent again.
///
/// @param attempts the most requests in a row that fail without progress
/// @param first the pause after the first failure; each further one doubles it
/// @param longest the longest pause that is not asked for
/// @param longestAsked the longest pause for which the registry's `Retry-After` is obeyed; if it
///     asks for more, the request fails at once
public record RetryPolicy(int attempts, Duration first, Duration longest, Duration longestAsked) {
  /// The policy for use; tests have a quicker one.
  public static final RetryPolicy STANDARD =
      new RetryPolicy(5, Duration.ofMillis(500), Duration.ofSeconds(20), Duration.ofMinutes(2));

  /// Counts the failures of one task. One thread uses it.
  final class Attempts {
    private int failures;

    /// Takes note of a failure and waits before the next attempt.
    ///
    /// @param progress true if the task came a good piece further since the last failure
    /// @throws RegistryException the given one, if no further attempt is worthwhile
    /// @throws InterruptedIOException if the thread is interrupted
    void failed(RegistryException failure, boolean progress)
        throws RegistryException, InterruptedIOException {
      failures = progress ? 1 : failures + 1;
      var asked = failure.problem().retryAfter();
      if (!failure.fault().isPassing()
          || failures >= attempts
          || (asked.isPresent() && asked.get().compareTo(longestAsked) > 0)) {
        throw failure;
      }
      pause(asked.orElseGet(this::pause));
    }

    /// Returns the pause after this many failures: half of it fixed, half of it random, so that
    /// clients that failed together do not come back together.
    private Duration pause() {
      var full = first.multipliedBy(1L << Math.min(failures - 1, 16));
      var millis = Math.max(1, Math.min(full.toMillis(), longest.toMillis()));
      return Duration.ofMillis(millis / 2 + ThreadLocalRandom.current().nextLong(millis / 2 + 1));
    }

    private static void pause(Duration time) throws InterruptedIOException {
      try {
        Thread.sleep(time);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new InterruptedIOException("interrupted");
      }
    }
  }
}
