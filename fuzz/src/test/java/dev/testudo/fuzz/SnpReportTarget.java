package dev.testudo.fuzz;

import dev.testudo.trust.attest.Verifier;
import dev.testudo.trust.attest.amd.AmdFields;
import dev.testudo.trust.attest.azure.AzureFields;
import dev.testudo.trust.attest.collateral.Collateral;
import dev.testudo.trust.attest.context.HardwareRoots;
import dev.testudo.trust.attest.context.VerificationContext;
import dev.testudo.trust.attest.context.VerificationMemory;
import dev.testudo.trust.attest.eventlog.TcgLog;
import dev.testudo.trust.attest.evidence.Evidence;
import dev.testudo.trust.attest.evidence.EvidenceException;
import dev.testudo.trust.attest.evidence.Octets;
import dev.testudo.trust.attest.tpm.TpmFields;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/// Reports of SEV-SNP guests, certificate tables of their hosts, and the reports and TPM quotes of
/// Azure's paravisor. Evidence is verified or rejected, and described or refused by an
/// [EvidenceException].
public final class SnpReportTarget {
  private static final int REPORT_BYTES = 1184;
  private static final Octets NOTHING = Octets.of(new byte[0]);
  private static final VerificationContext CONTEXT =
      new VerificationContext(
          Collateral.NONE,
          HardwareRoots.vendor(),
          Instant.EPOCH,
          Duration.ZERO,
          VerificationMemory.none());

  private SnpReportTarget() {}

  private interface Reading {
    void run() throws EvidenceException;
  }

  /// Reads one input as each of them.
  public static void fuzzerTestOneInput(byte[] input) {
    var bytes = Octets.of(input);
    var cut = Math.min(input.length, REPORT_BYTES);
    var report = bytes.slice(0, cut);
    var rest = bytes.slice(cut, input.length - cut);
    verify(new Evidence.SnpReport(report, Optional.empty()));
    verify(new Evidence.SnpReport(report, Optional.of(rest)));
    var quote = new Evidence.TpmQuote(rest, rest, rest);
    verify(new Evidence.AzureSnp(bytes, quote, rest));
    verify(new Evidence.AzureTdx(bytes, quote, rest));
    tolerant(() -> AmdFields.describe(report));
    tolerant(() -> AmdFields.describeCertificates(bytes));
    tolerant(() -> AzureFields.describe(bytes));
    var endorsement = new Evidence.Endorsement(bytes, Optional.of(bytes), rest);
    verify(new Evidence.Tpm(quote, bytes, endorsement, rest));
    tolerant(() -> TpmFields.describe(new Evidence.Tpm(quote, bytes, endorsement, rest)));
    tolerant(() -> TcgLog.tpm(bytes).replay());
    tolerant(() -> TpmFields.describe(new Evidence.TpmQuote(bytes, NOTHING, NOTHING)));
  }

  private static void verify(Evidence evidence) {
    var _ = Verifier.verify(evidence, Optional.empty(), CONTEXT);
  }

  private static void tolerant(Reading reading) {
    try {
      reading.run();
    } catch (EvidenceException e) {
      // That is the answer to a damaged input.
    }
  }
}
