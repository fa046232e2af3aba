package dev.testudo.cas.attestation;

import dev.testudo.policy.decision.Claims;
import dev.testudo.policy.decision.Isolation;
import dev.testudo.trust.attest.Evidence;
import java.util.Optional;

/// What evidence says once it is verified. The one place that knows the kinds of evidence: a new
/// kind is a case here, and nothing else of CAS changes.
///
/// @param isolation what vouches for it
/// @param measurement 64 hexadecimal digits, lower case
/// @param signer who signed the code, where the evidence says so
record Verified(Isolation isolation, String measurement, Optional<Claims.Signer> signer) {
  /// Verifies `evidence`, whose binding to the caller has been checked.
  static Verified of(Evidence evidence) {
    return switch (evidence) {
      // There is nothing to verify: it is what the caller says.
      case Evidence.Software(var measurement, _) ->
          new Verified(Isolation.SOFTWARE, measurement.hex(), Optional.empty());
    };
  }
}
