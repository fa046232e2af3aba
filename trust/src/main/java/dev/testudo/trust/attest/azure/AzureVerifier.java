package dev.testudo.trust.attest.azure;

import dev.testudo.policy.evidence.EvidenceClaims;
import dev.testudo.policy.evidence.Paravisor;
import dev.testudo.trust.attest.amd.SnpEvidence;
import dev.testudo.trust.attest.amd.SnpVerifier;
import dev.testudo.trust.attest.context.VerificationContext;
import dev.testudo.trust.attest.evidence.Check;
import dev.testudo.trust.attest.evidence.Checks;
import dev.testudo.trust.attest.evidence.DocumentId.Tee;
import dev.testudo.trust.attest.evidence.Evidence;
import dev.testudo.trust.attest.evidence.EvidenceException;
import dev.testudo.trust.attest.evidence.Octets;
import dev.testudo.trust.attest.evidence.RejectionId;
import dev.testudo.trust.attest.evidence.ReportData;
import dev.testudo.trust.attest.intel.IntelVerifier;
import dev.testudo.trust.attest.tpm.RegisterHash;
import dev.testudo.trust.attest.tpm.VerifiedTpmQuote;
import dev.testudo.trust.attest.tpm.VerifiedTpmQuote.Signer;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;

/// Verifies evidence of Azure's confidential virtual machines. The links are: the manufacturer's
/// key signs the report of the hardware; its report data is the hash of the paravisor's runtime
/// data; these name a key of the TPM; this key signs a quote that is bound to key and nonce.
///
/// The TPM's quote is verified first, although it counts only if the hardware names its key. It is
/// bound to the nonce, and what the hardware signed at boot is not: otherwise old evidence could
/// make CAS fetch documents.
///
/// The measurement of the hardware is the paravisor's, which is Microsoft's. The guest is only in
/// the registers of the TPM.
public final class AzureVerifier {
  /// The registers that a running system may extend or reset: 10 by IMA, 16 to 23 by anybody (TCG
  /// PC Client Platform Firmware Profile, section 3.3.4). Without them, a guest keeps its
  /// measurement while it runs.
  private static final Set<Integer> EXTENDED_LATER = Set.of(10, 16, 17, 18, 19, 20, 21, 22, 23);

  private static final String PROVIDER = "Microsoft Azure";
  private static final String DOMAIN = "testudo-paravisor-measurement-v1";

  private AzureVerifier() {}

  /// Verifies evidence on SEV-SNP.
  ///
  /// @param expected the key and nonce that the TPM's quote must be bound to
  public static EvidenceClaims.Snp verify(
      Evidence.AzureSnp evidence,
      Optional<ReportData> expected,
      VerificationContext context,
      Checks checks)
      throws EvidenceException {
    var hcl = parse(HclReport.Kind.SEV_SNP, evidence.hclReport(), checks);
    var paravisor = paravisor(hcl, evidence.quote(), expected, checks);
    var claims =
        SnpVerifier.verify(
            new SnpEvidence(
                hcl.report(),
                new SnpEvidence.Certificates.PemText(evidence.certificates()),
                Optional.of(hcl.reportData())),
            context,
            checks);
    return new EvidenceClaims.Snp(
        measurement(claims, paravisor), claims.guest(), claims.platform(), Optional.of(paravisor));
  }

  /// Verifies evidence on TDX.
  ///
  /// @param expected the key and nonce that the TPM's quote must be bound to
  public static EvidenceClaims.Tdx verify(
      Evidence.AzureTdx evidence,
      Optional<ReportData> expected,
      VerificationContext context,
      Checks checks)
      throws EvidenceException {
    var hcl = parse(HclReport.Kind.TDX, evidence.hclReport(), checks);
    var paravisor = paravisor(hcl, evidence.quote(), expected, checks);
    var reportData = Optional.of(new ReportData(hcl.reportData().hex()));
    var claims = IntelVerifier.verify(evidence.tdQuote(), Tee.TDX, reportData, context, checks);
    if (!(claims instanceof EvidenceClaims.Tdx tdx)) {
      throw new IllegalStateException("the claims of a TDX quote are about TDX");
    }
    return new EvidenceClaims.Tdx(
        measurement(tdx, paravisor), tdx.domain(), tdx.platform(), Optional.of(paravisor));
  }

  private static HclReport parse(HclReport.Kind kind, Octets report, Checks checks)
      throws EvidenceException {
    var hcl = HclReport.parse(report);
    if (hcl.kind() != kind) {
      throw new EvidenceException(
          RejectionId.MALFORMED_EVIDENCE,
          "the paravisor's report is about %s, but the evidence says %s"
              .formatted(hcl.kind(), kind));
    }
    checks.passed(Check.HCL_FORMAT, hcl.kind().toString());
    return hcl;
  }

  /// Returns what the paravisor and its TPM say. It counts only if the report data of the hardware
  /// is the one of `hcl`, which the caller still has to check.
  private static Paravisor paravisor(
      HclReport hcl, Evidence.TpmQuote quote, Optional<ReportData> expected, Checks checks)
      throws EvidenceException {
    var runtime = RuntimeData.parse(hcl.runtimeData());
    var signer = new Signer(Signer.rsa(runtime.attestationKey()), Check.TPM_SIGNATURE, "HCLAkPub");
    var verified = VerifiedTpmQuote.verify(quote, signer, expected, checks);
    return new Paravisor(PROVIDER, verified.pcrs(), runtime.secureBoot(), runtime.vmId());
  }

  /// Returns the hash over all that names what runs; see `docs/formats/measurement.md`.
  private static String measurement(EvidenceClaims hardware, Paravisor paravisor) {
    var booted = new TreeMap<>(paravisor.pcrs());
    booted.keySet().removeAll(EXTENDED_LATER);
    return RegisterHash.of(DOMAIN, Octets.ofHex(hardware.measurement()), booted);
  }
}
