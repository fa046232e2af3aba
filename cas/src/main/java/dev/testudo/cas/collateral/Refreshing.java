package dev.testudo.cas.collateral;

import dev.testudo.trust.attest.evidence.DocumentId;
import dev.testudo.trust.collateral.CollateralException;
import java.io.IOException;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.DoubleSupplier;
import java.util.stream.Collectors;

/// Decides when documents are asked for again: after a quarter of the time that is left to them, at
/// the latest after a day, because Intel changes documents before they end when it discloses a
/// vulnerability. After a failure it waits a minute, and twice as long after each further one, up
/// to an hour. Not thread-safe.
final class Refreshing {
  private static final System.Logger LOG = System.getLogger(Refreshing.class.getName());
  private static final Duration LEAST = Duration.ofMinutes(10);
  private static final Duration MOST = Duration.ofDays(1);
  private static final Duration LEAST_REST = Duration.ofMinutes(1);
  private static final Duration MOST_REST = Duration.ofHours(1);
  private static final int MOST_DOUBLINGS = 6;
  private static final Duration SOON = Duration.ofDays(7);

  private final Optional<Intake> intake;
  private final DoubleSupplier random;
  private final Map<DocumentId, Plan> plans = new HashMap<>();
  private final Map<DocumentId, Warning> warned = new HashMap<>();

  /// When a document is asked for.
  ///
  /// @param failures how many times in a row it could not be had
  private record Plan(Instant next, int failures) {}

  private enum Warning {
    ENDS_SOON,
    ENDED
  }

  /// Creates an empty plan.
  ///
  /// @param intake asks for documents; absent if nobody is asked
  /// @param random numbers from 0 to 1, so that not all CAS ask at the same time
  Refreshing(Optional<Intake> intake, DoubleSupplier random) {
    this.intake = intake;
    this.random = random;
  }

  /// Asks for what is due, one document after the other.
  ///
  /// @return whether anything was asked for
  boolean refresh(Collection<KnownDocument> known, Instant now) {
    var ids = known.stream().map(KnownDocument::id).collect(Collectors.toSet());
    plans.keySet().retainAll(ids);
    warned.keySet().retainAll(ids);
    var asked = false;
    for (var document : known) {
      warn(document, now);
      if (intake.isPresent() && document.isRenewed() && isDue(document, now)) {
        ask(intake.get(), document, now);
        asked = true;
      }
    }
    return asked;
  }

  private boolean isDue(KnownDocument document, Instant now) {
    var plan =
        plans.computeIfAbsent(
            document.id(),
            _ -> {
              var received = document.stored().received();
              return new Plan(received.plus(pause(document, received)), 0);
            });
    return !plan.next().isAfter(now);
  }

  private void ask(Intake source, KnownDocument document, Instant now) {
    var failures = plans.getOrDefault(document.id(), new Plan(now, 0)).failures();
    try {
      source.take(document.id());
      plans.put(document.id(), new Plan(now.plus(pause(document, now)), 0));
      if (failures > 0) {
        LOG.log(Level.INFO, "collateral {0} can be had again", document.id());
      }
    } catch (IOException e) {
      plans.put(document.id(), new Plan(now.plus(rest(failures, e)), failures + 1));
      if (failures == 0) {
        LOG.log(
            Level.WARNING,
            "collateral {0} cannot be refreshed: {1}; it ends at {2}, and CAS tries again",
            document.id(),
            e.getMessage(),
            document.facts().firstEnd());
      }
    }
  }

  private Duration pause(KnownDocument document, Instant from) {
    var quarter = Duration.between(from, document.facts().firstEnd()).dividedBy(4);
    return spread(within(quarter, LEAST, MOST));
  }

  private Duration rest(int failures, IOException cause) {
    var rest =
        within(
            LEAST_REST.multipliedBy(1L << Math.min(failures, MOST_DOUBLINGS)),
            LEAST_REST,
            MOST_REST);
    var demanded =
        cause instanceof CollateralException e
            ? e.retryAfter().orElse(Duration.ZERO)
            : Duration.ZERO;
    return spread(demanded.compareTo(rest) > 0 ? demanded : rest);
  }

  private static Duration within(Duration time, Duration least, Duration most) {
    return time.compareTo(least) < 0 ? least : time.compareTo(most) > 0 ? most : time;
  }

  /// Adds up to a tenth.
  private Duration spread(Duration time) {
    return time.plusMillis((long) (time.toMillis() * random.getAsDouble() / 10));
  }

  private void warn(KnownDocument document, Instant now) {
    var end = document.facts().firstEnd();
    if (end.isBefore(now)) {
      if (warned.put(document.id(), Warning.ENDED) != Warning.ENDED) {
        LOG.log(
            Level.WARNING,
            "collateral {0} ended at {1}: evidence that needs it is accepted only as far as the grace"
                + " of a policy allows",
            document.id(),
            end);
      }
    } else if (end.isBefore(now.plus(SOON)) && document.isRenewed()) {
      if (warned.put(document.id(), Warning.ENDS_SOON) == null) {
        LOG.log(Level.WARNING, "collateral {0} ends at {1}", document.id(), end);
      }
    } else {
      warned.remove(document.id());
    }
  }
}
