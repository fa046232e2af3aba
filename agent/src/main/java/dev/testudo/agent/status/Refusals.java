package dev.testudo.agent.status;

import dev.testudo.shield.ShieldEvent;
import dev.testudo.trust.status.ShieldStatus;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;

/// Counts refusals by operation, target, rule and reason. A repeated refusal (for example when the
/// C library looks for its cache daemon) is logged the first, tenth, hundredth, thousandth time and
/// so on.
final class Refusals {
  private static final int MOST_KINDS = 256;

  /// How many lines may be logged at once, and how many more each second.
  private static final int BURST = 50;

  private static final int PER_SECOND = 10;

  private final Map<ShieldEvent.Refused, Count> kinds =
      new LinkedHashMap<>(16, 0.75f, true) {
        private static final long serialVersionUID = 1;

        @Override
        protected boolean removeEldestEntry(Map.Entry<ShieldEvent.Refused, Count> eldest) {
          return size() > MOST_KINDS;
        }
      };

  private long total;
  private long credit = BURST;
  private Instant credited = Instant.MIN;

  private record Count(long number, Instant first, Instant last) {}

  /// Counts a refusal.
  ///
  /// @return how often it has happened now; empty if it need not be logged
  synchronized OptionalLong note(ShieldEvent.Refused refused, Instant now) {
    total++;
    var before = kinds.getOrDefault(refused, new Count(0, now, now));
    var count = new Count(before.number() + 1, before.first(), now);
    kinds.put(refused, count);
    return isRound(count.number()) && takeCredit(now)
        ? OptionalLong.of(count.number())
        : OptionalLong.empty();
  }

  private static boolean isRound(long number) {
    var rest = number;
    while (rest % 10 == 0) {
      rest /= 10;
    }
    return rest == 1;
  }

  private boolean takeCredit(Instant now) {
    if (credited.equals(Instant.MIN)) {
      credited = now;
    }
    var seconds = Math.clamp(now.getEpochSecond() - credited.getEpochSecond(), 0L, BURST);
    if (seconds > 0) {
      credit = Math.min(BURST, credit + seconds * PER_SECOND);
      credited = now;
    }
    if (credit == 0) {
      return false;
    }
    credit--;
    return true;
  }

  /// Returns the number of all refusals.
  synchronized long total() {
    return total;
  }

  /// Returns the most recent kinds of refusals, the latest last.
  synchronized List<ShieldStatus.Refusal> last() {
    var all = new ArrayList<ShieldStatus.Refusal>();
    kinds.forEach(
        (refused, count) ->
            all.add(
                new ShieldStatus.Refusal(
                    refused.operation(),
                    refused.target(),
                    refused.rule(),
                    refused.reason(),
                    count.number(),
                    count.first(),
                    count.last())));
    return all;
  }
}
