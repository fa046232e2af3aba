package dev.testudo.trust.attest.amd;

import dev.testudo.policy.evidence.Endorsement;
import dev.testudo.policy.evidence.Endorsement.Expiry;
import dev.testudo.policy.evidence.EvidenceClaims;
import dev.testudo.trust.attest.context.VerificationContext;
import dev.testudo.trust.attest.evidence.Check;
import dev.testudo.trust.attest.evidence.Checks;
import dev.testudo.trust.attest.evidence.DocumentId;
import dev.testudo.trust.attest.evidence.DocumentId.SnpKey;
import dev.testudo.trust.attest.evidence.EvidenceException;
import dev.testudo.trust.attest.evidence.RejectionId;
import java.security.SignatureException;
import java.util.ArrayList;
import java.util.List;

/// Verifies attestation reports of SEV-SNP. It decides only whether a report is genuine and about
/// the platform that its certificates name. Debug, VMPL, versions of firmware and the like are
/// claims, which a policy judges.
///
/// If the VCEK does not come with the report, nothing about the report is verified yet when the
/// verifier names the certificate that is missing: a stranger can make it name any chip. A caller
/// that downloads missing certificates must limit how many one peer can ask for.
public final class SnpVerifier {
  private final AttestationReport report;
  private final SnpKey kind;
  private final VerificationContext context;
  private final Checks checks;
  private final List<Expiry> expiries = new ArrayList<>();

  private SnpVerifier(
      AttestationReport report, SnpKey kind, VerificationContext context, Checks checks) {
    this.report = report;
    this.kind = kind;
    this.context = context;
    this.checks = checks;
  }

  /// Verifies `evidence`.
  ///
  /// @throws EvidenceException if it is not genuine, or certificates are missing
  public static EvidenceClaims.Snp verify(
      SnpEvidence evidence, VerificationContext context, Checks checks) throws EvidenceException {
    var report = AttestationReport.parse(evidence.report());
    var kind = report.signingKey();
    checks.passed(Check.SNP_FORMAT, "version %d, signed by a %s".formatted(report.version(), kind));
    var verifier = new SnpVerifier(report, kind, context, checks);
    var chain = verifier.chain(evidence.certificates());
    verifier.checkSignature(chain);
    verifier.checkDates(chain);
    verifier.checkRevocation(chain);
    var platform = new ReportedPlatform(report, kind, chain);
    platform.check(checks);
    verifier.checkReportData(evidence);
    return SnpClaims.of(
        report, platform, new Endorsement(chain.authorities().pinned().kind(), verifier.expiries));
  }

  private VerifiedChain chain(SnpEvidence.Certificates certificates) throws EvidenceException {
    var sent =
        switch (certificates) {
          case SnpEvidence.Certificates.None _ -> SentCertificates.none();
          case SnpEvidence.Certificates.Table(var table) ->
              SentCertificates.of(CertificateTable.parse(table), kind);
          case SnpEvidence.Certificates.PemText(var pem) -> SentCertificates.ofPem(pem);
        };
    var chain = new AmdCertificates(report, kind, context).chain(sent);
    var root = chain.authorities().pinned();
    checks.passed(
        Check.AMD_ROOT, "%s root, SHA-256 %s".formatted(root.kind(), root.sha256().hex()));
    checks.passed(
        Check.AMD_CHAIN,
        "%s (%s), %s (%s), ARK of %s"
            .formatted(
                kind,
                sent.leaf().isPresent() ? "sent" : "published",
                AmdNames.intermediateText(kind),
                sent.authorities().isEmpty() ? "published" : "sent",
                chain.generation()));
    return chain;
  }

  private void checkSignature(VerifiedChain chain) throws EvidenceException {
    if (report.keyMasked() && report.isUnsigned()) {
      throw new EvidenceException(
          RejectionId.WRONG_SIGNATURE,
          "the report is not signed: the host withholds the chip's key (MASK_CHIP_KEY)");
    }
    try {
      chain.key().verify(report.signed(), report.signature());
    } catch (SignatureException e) {
      throw new EvidenceException(
          RejectionId.WRONG_SIGNATURE,
          "the report is not signed by the key of this %s certificate".formatted(kind));
    }
    checks.passed(Check.SNP_SIGNATURE, "signed by the key of the " + kind);
  }

  private void checkDates(VerifiedChain chain) throws EvidenceException {
    checkDates(leafName(chain), chain.leaf());
    var authorities = new DocumentId.AmdChain(chain.generation().product(), kind).toString();
    checkDates(authorities, chain.authorities().intermediate());
    checkDates(authorities, chain.authorities().root());
    checks.passed(
        Check.AMD_DATES,
        "the %s certificate is valid until %s".formatted(kind, chain.leaf().notAfter()));
  }

  private void checkDates(String name, AmdCertificate certificate) throws EvidenceException {
    var start = certificate.notBefore();
    var end = certificate.notAfter();
    if (context.at().isBefore(start) || context.at().isAfter(end)) {
      throw new EvidenceException(
          RejectionId.OUTSIDE_VALIDITY,
          "the certificate `%s` is valid from %s to %s, not at %s"
              .formatted(certificate.subject(), start, end, context.at()));
    }
    expiries.add(new Expiry(name, end, false));
  }

  private String leafName(VerifiedChain chain) throws EvidenceException {
    var product = chain.generation().product();
    var chip = chain.extensions().hardwareId();
    return chip.isPresent()
        ? new DocumentId.Vcek(
                product, chip.get().hex(), chain.generation().tcb(report.reportedTcb()))
            .toString()
        : new DocumentId.AmdChain(product, kind) + "-leaf";
  }

  private void checkRevocation(VerifiedChain chain) throws EvidenceException {
    var id = new DocumentId.AmdCrl(chain.generation().product(), kind);
    var document = context.collateral().find(id);
    if (document.isEmpty()) {
      checks.notChecked(Check.AMD_REVOCATION, "there is no %s".formatted(id));
      return;
    }
    var authorities = chain.authorities();
    var list =
        context
            .memory()
            .remember(
                AmdCrl.class,
                "amd-crl",
                List.of(document.get().body(), authorities.root().der()),
                () -> AmdCrl.verify(document.get(), authorities.root()));
    var end = list.nextUpdate().plus(context.grace());
    if (context.at().isBefore(list.thisUpdate()) || context.at().isAfter(end)) {
      throw new EvidenceException(
          RejectionId.OUTSIDE_VALIDITY,
          "%s is valid from %s to %s, not at %s"
              .formatted(id, list.thisUpdate(), list.nextUpdate(), context.at()));
    }
    for (var certificate : List.of(authorities.intermediate(), authorities.root())) {
      if (list.revoked().contains(certificate.x509().getSerialNumber())) {
        throw new EvidenceException(
            RejectionId.REVOKED_CERTIFICATE,
            "AMD has revoked the certificate `%s`".formatted(certificate.subject()));
      }
    }
    expiries.add(new Expiry(id.toString(), list.nextUpdate(), true));
    checks.passed(Check.AMD_REVOCATION, "not revoked by %s".formatted(id));
  }

  private void checkReportData(SnpEvidence evidence) throws EvidenceException {
    if (evidence.reportData().isEmpty()) {
      return;
    }
    if (!report.reportData().equals(evidence.reportData().get())) {
      throw new EvidenceException(
          RejectionId.NOT_BOUND,
          "the report's REPORT_DATA is not the value that binds it to this exchange");
    }
    checks.passed(Check.REPORT_DATA, "equal");
  }
}
