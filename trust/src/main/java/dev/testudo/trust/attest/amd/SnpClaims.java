package dev.testudo.trust.attest.amd;

import dev.testudo.policy.evidence.Endorsement;
import dev.testudo.policy.evidence.EvidenceClaims;
import dev.testudo.policy.evidence.SnpGuest;
import dev.testudo.policy.evidence.SnpPlatform;
import dev.testudo.policy.evidence.SnpPlatformInfo;
import dev.testudo.trust.attest.evidence.EvidenceException;
import dev.testudo.trust.attest.evidence.Measurement;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.Optional;

/// Makes claims from a report that is verified.
final class SnpClaims {
  private static final byte[] DOMAIN =
      "testudo-sev-snp-measurement-v1\n".getBytes(StandardCharsets.US_ASCII);

  private SnpClaims() {}

  static EvidenceClaims.Snp of(
      AttestationReport report, ReportedPlatform platform, Endorsement endorsement)
      throws EvidenceException {
    return new EvidenceClaims.Snp(
        measurement(report),
        guest(report),
        new SnpPlatform(
            platform.chain().generation().product(),
            platform.signer(),
            platform.chipId(),
            platform.versions(),
            new SnpPlatformInfo(report.platformInfo(), platform.knownGeneration()),
            endorsement),
        Optional.empty());
  }

  private static SnpGuest guest(AttestationReport report) {
    return new SnpGuest(
        report.measurement().hex(),
        report.hostData().hex(),
        new SnpGuest.Owner(
            report.idKeyDigest().hex(),
            report.authorKeyDigest().hex(),
            report.familyId().hex(),
            report.imageId().hex(),
            report.guestSvn()),
        report.vmpl(),
        report.policy(),
        report.reportId().hex());
  }

  /// Returns the hash over all that names what runs; see `docs/formats/measurement.md`.
  private static String measurement(AttestationReport report) {
    var sha256 = Measurement.sha256();
    sha256.update(DOMAIN);
    sha256.update(report.measurement().buffer());
    sha256.update(report.hostData().buffer());
    sha256.update(report.idKeyDigest().buffer());
    sha256.update(report.authorKeyDigest().buffer());
    sha256.update(report.familyId().buffer());
    sha256.update(report.imageId().buffer());
    sha256.update(number(report.guestSvn()));
    sha256.update(number(report.vmpl()));
    return HexFormat.of().formatHex(sha256.digest());
  }

  private static byte[] number(long value) {
    return ByteBuffer.allocate(Integer.BYTES).putInt((int) value).array();
  }
}
