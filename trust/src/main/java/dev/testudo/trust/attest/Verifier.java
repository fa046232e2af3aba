package dev.testudo.trust.attest;

import dev.testudo.policy.evidence.EvidenceClaims;
import dev.testudo.policy.evidence.Paravisor;
import dev.testudo.policy.evidence.SnpPlatform;
import dev.testudo.trust.attest.amd.SnpEvidence;
import dev.testudo.trust.attest.amd.SnpVerifier;
import dev.testudo.trust.attest.azure.AzureVerifier;
import dev.testudo.trust.attest.context.VerificationContext;
import dev.testudo.trust.attest.evidence.Checks;
import dev.testudo.trust.attest.evidence.DocumentId.Tee;
import dev.testudo.trust.attest.evidence.Evidence;
import dev.testudo.trust.attest.evidence.EvidenceException;
import dev.testudo.trust.attest.evidence.Octets;
import dev.testudo.trust.attest.evidence.ReportData;
import dev.testudo.trust.attest.evidence.Verification;
import dev.testudo.trust.attest.evidence.Verification.Rejected;
import dev.testudo.trust.attest.evidence.Verification.Verified;
import dev.testudo.trust.attest.intel.IntelVerifier;
import dev.testudo.trust.attest.software.SoftwareVerifier;
import dev.testudo.trust.attest.tpm.TpmVerifier;
import java.util.Optional;

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
      case Evidence.SgxQuote(var quote) ->
          hardware(checks -> IntelVerifier.verify(quote, Tee.SGX, expected, context, checks));
      case Evidence.TdxQuote(var quote) ->
          hardware(checks -> IntelVerifier.verify(quote, Tee.TDX, expected, context, checks));
      case Evidence.SnpReport snp -> hardware(checks -> snp(snp, expected, context, checks));
      case Evidence.AzureSnp azure ->
          hardware(checks -> AzureVerifier.verify(azure, expected, context, checks));
      case Evidence.AzureTdx azure ->
          hardware(checks -> AzureVerifier.verify(azure, expected, context, checks));
      case Evidence.Tpm tpm ->
          hardware(checks -> TpmVerifier.verify(tpm, expected, context, checks));
    };
  }

  private interface HardwareVerifier {
    EvidenceClaims verify(Checks checks) throws EvidenceException;
  }

  private static Verification hardware(HardwareVerifier verifier) {
    var checks = new Checks();
    try {
      var claims = verifier.verify(checks);
      return new Verified(claims, detail(claims), checks.all());
    } catch (EvidenceException e) {
      return new Rejected(e.id(), e.reason(), e.missing(), checks.all());
    }
  }

  private static EvidenceClaims snp(
      Evidence.SnpReport evidence,
      Optional<ReportData> expected,
      VerificationContext context,
      Checks checks)
      throws EvidenceException {
    return SnpVerifier.verify(
        new SnpEvidence(
            evidence.report(),
            evidence
                .certificates()
                .<SnpEvidence.Certificates>map(SnpEvidence.Certificates.Table::new)
                .orElseGet(SnpEvidence.Certificates.None::new),
            expected.map(data -> Octets.ofHex(data.hex()))),
        context,
        checks);
  }

  private static String detail(EvidenceClaims claims) {
    return switch (claims) {
      case EvidenceClaims.Snp snp ->
          snp(snp.platform()) + snp.paravisor().map(Verifier::behind).orElse("");
      case EvidenceClaims.Tdx tdx ->
          "MRTD %s, TCB %s%s"
              .formatted(
                  tdx.domain().mrtd(),
                  tdx.platform().tcb().status(),
                  tdx.paravisor().map(Verifier::behind).orElse(""));
      case EvidenceClaims.Sgx sgx ->
          "MRENCLAVE %s, TCB %s".formatted(sgx.measurement(), sgx.platform().tcb().status());
      case EvidenceClaims.Tpm tpm -> "TPM " + tpm.machine().tpm().key().orElse("unknown");
      case EvidenceClaims.Software _ -> "";
    };
  }

  private static String behind(Paravisor paravisor) {
    return ", behind the paravisor of " + paravisor.provider();
  }

  private static String snp(SnpPlatform platform) {
    return "%s, %s, chip %s, reported TCB %s"
        .formatted(
            platform.product(),
            platform.signer(),
            platform.chipId().orElse("hidden"),
            platform.tcb().reported());
  }
}
