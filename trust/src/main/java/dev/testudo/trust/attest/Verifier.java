package dev.testudo.trust.attest;

import dev.testudo.trust.attest.context.VerificationContext;
import dev.testudo.trust.attest.evidence.DocumentId.Tee;
import dev.testudo.trust.attest.evidence.Evidence;
import dev.testudo.trust.attest.evidence.RejectionId;
import dev.testudo.trust.attest.evidence.ReportData;
import dev.testudo.trust.attest.evidence.Verification;
import dev.testudo.trust.attest.evidence.Verification.Rejected;
import dev.testudo.trust.attest.intel.IntelVerifier;
import dev.testudo.trust.attest.software.SoftwareVerifier;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/// Verifies evidence of every kind. In terms of RFC 9334 it is the first part of the Verifier;
/// the policy's decision is the second. It is a pure function: the same arguments give the same
/// result on any machine.
public final class Verifier {
  private Verifier() {}

  /// Verifies `evidence`.
  ///
  /// @param expected the key and nonce that it must be bound to; if absent, the binding is not
  ///     checked, and the evidence may have been made for anybody at any time
  public static Verification verify(
      Evidence evidence, Optional<ReportData> expected, VerificationContext context) {
    return switch (evidence) {
      case Evidence.Software software -> SoftwareVerifier.verify(software, expected);
      case Evidence.SgxQuote(var quote) -> IntelVerifier.verify(quote, Tee.SGX, expected, context);
      case Evidence.TdxQuote(var quote) -> IntelVerifier.verify(quote, Tee.TDX, expected, context);
      case Evidence.SnpReport _, Evidence.AzureSnp _, Evidence.AzureTdx _ -> later(evidence);
    };
  }

  private static Verification later(Evidence evidence) {
    return new Rejected(
        RejectionId.UNSUPPORTED_EVIDENCE,
        "evidence of %s cannot be verified yet".formatted(evidence.isolation()),
        Set.of(),
        List.of());
  }
}
