package dev.testudo.fuzz;

import dev.testudo.trust.attest.Verifier;
import dev.testudo.trust.attest.context.VerificationContext;
import dev.testudo.trust.attest.evidence.Evidence;
import dev.testudo.trust.attest.evidence.EvidenceException;
import dev.testudo.trust.attest.evidence.Octets;
import dev.testudo.trust.attest.intel.IntelFields;
import dev.testudo.trust.generator.IntelPlatformMaker;
import dev.testudo.trust.generator.QuoteMaker.Kind;
import java.time.Duration;
import java.util.Optional;

/// Quotes of Intel's platforms with their PCK certificates, and everything that is in those. A
/// quote is verified or rejected, and described or refused by an [EvidenceException].
public final class QuoteTarget {
  private static final VerificationContext CONTEXT =
      IntelPlatformMaker.of(Kind.TDX_4).context(IntelPlatformMaker.AT, Duration.ZERO);

  private QuoteTarget() {}

  /// Reads one input.
  public static void fuzzerTestOneInput(byte[] input) {
    var quote = Octets.of(input);
    var _ = Verifier.verify(new Evidence.SgxQuote(quote), Optional.empty(), CONTEXT);
    var _ = Verifier.verify(new Evidence.TdxQuote(quote), Optional.empty(), CONTEXT);
    try {
      var _ = IntelFields.describe(quote);
    } catch (EvidenceException e) {
      // That is the answer to a damaged input.
    }
  }
}
