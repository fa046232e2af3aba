package dev.testudo.cas.collateral;

import dev.testudo.trust.attest.evidence.DocumentId;
import dev.testudo.trust.collateral.CollateralAdmission;
import dev.testudo.trust.collateral.CollateralAdmission.Outcome;
import dev.testudo.trust.collateral.CollateralCache;
import dev.testudo.trust.collateral.service.DocumentSource;
import java.io.IOException;
import java.lang.System.Logger.Level;
import java.time.InstantSource;
import java.util.concurrent.atomic.LongAdder;

/// Asks for documents and keeps those that are genuine. Thread-safe.
final class Intake {
  private static final System.Logger LOG = System.getLogger(Intake.class.getName());

  private final DocumentSource source;
  private final CollateralAdmission admission;
  private final CollateralCache cache;
  private final InstantSource clock;
  private final LongAdder failures = new LongAdder();

  Intake(
      DocumentSource source,
      CollateralAdmission admission,
      CollateralCache cache,
      InstantSource clock) {
    this.source = source;
    this.admission = admission;
    this.cache = cache;
    this.clock = clock;
  }

  /// Asks for a document, verifies and keeps it.
  ///
  /// @throws IOException if it cannot be had, or is refused
  void take(DocumentId id) throws IOException {
    try {
      var admitted = admission.admit(source.fetch(id), clock.instant());
      cache.reload();
      if (admitted.outcome() != Outcome.UNCHANGED) {
        LOG.log(
            Level.INFO,
            "collateral {0} {1}: issued {2}, ends {3}",
            id,
            admitted.outcome().text(),
            admitted.facts().issued(),
            admitted.facts().firstEnd());
      }
    } catch (IOException e) {
      failures.increment();
      throw e;
    }
  }

  /// Returns how often a document could not be had since the start.
  long failures() {
    return failures.sum();
  }
}
