package dev.testudo.policy.decision;

import dev.testudo.policy.decision.Decision.Reason;
import dev.testudo.policy.evidence.Endorsement;
import dev.testudo.policy.evidence.Endorsement.Expiry;
import dev.testudo.policy.session.PlatformTerms;
import java.time.Duration;
import java.time.Instant;

/// Judges the dates of what vouches for a platform.
record EndorsementAppraisal(Endorsement endorsement, Instant now, PlatformFindings findings) {

  void check() {
    endorsement.ended(now).forEach(this::ended);
    endorsement.expiries().stream()
        .filter(expiry -> !expiry.at().isBefore(now))
        .findFirst()
        .ifPresent(
            next ->
                findings.remark(
                    Remark.Kind.ENDS, "%s ends at %s".formatted(next.document(), next.at())));
  }

  private void ended(Expiry expiry) {
    var grace = findings.terms().grace();
    var last = expiry.at().plus(grace);
    if (expiry.graced() && !last.isBefore(now)) {
      findings.remark(
          Remark.Kind.GRACE,
          "%s ended at %s; `collateral_grace` accepts it until %s"
              .formatted(expiry.document(), expiry.at(), last));
    } else {
      refuse(expiry);
    }
  }

  private void refuse(Expiry expiry) {
    var needed = Duration.between(expiry.at(), now);
    var curable = expiry.graced() && needed.compareTo(PlatformTerms.MOST_GRACE) < 0;
    var reason =
        new Reason(
            ReasonId.COLLATERAL_ENDED,
            expiry.document(),
            expiry.graced()
                ? "one that has not ended, or not longer ago than `collateral_grace`"
                : "one that has not ended",
            "one that ended at " + expiry.at(),
            findings.place());
    if (curable) {
      findings.refuse(reason, new Remedy.Wait(needed));
    } else {
      findings.refuse(reason);
    }
  }
}
