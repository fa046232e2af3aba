package dev.testudo.trust.attest.amd;

import dev.testudo.policy.evidence.SnpPolicy;
import dev.testudo.trust.attest.evidence.DocumentId.SnpKey;
import dev.testudo.trust.attest.evidence.EvidenceException;
import dev.testudo.trust.attest.evidence.Octets;
import dev.testudo.trust.attest.evidence.RejectionId;
import java.util.Optional;

/// An attestation report whose format is checked, and nothing else (AMD 56860, table
/// ATTESTATION_REPORT).
final class AttestationReport {
  static final int BYTES = 1184;
  static final int SIGNED_BYTES = 0x2a0;
  static final int OLDEST_VERSION = 2;
  static final int NEWEST_VERSION = 5;
  static final int FIRST_VERSION_WITH_CPUID = 3;
  static final int FIRST_VERSION_WITH_MITIGATIONS = 5;

  private static final int ECDSA_P384_SHA384 = 1;
  private static final int MOST_VMPL = 3;
  private static final int SCALAR_BYTES = 72;
  private static final int P384_BYTES = 48;
  private static final long KEY_INFO_BITS = 0x1f;
  private static final int POLICY_BITS = 26;

  private final Octets bytes;

  private AttestationReport(Octets bytes) {
    this.bytes = bytes;
  }

  /// Parses a report. Versions after [#NEWEST_VERSION] are refused, because fields that are unknown
  /// may change what the known ones mean.
  ///
  /// @throws EvidenceException if it does not follow its format
  static AttestationReport parse(Octets bytes) throws EvidenceException {
    if (bytes.length() != BYTES) {
      throw malformed(
          "an attestation report has %d bytes, not %d".formatted(BYTES, bytes.length()));
    }
    var report = new AttestationReport(bytes);
    if (report.version() < OLDEST_VERSION || report.version() > NEWEST_VERSION) {
      throw new EvidenceException(
          RejectionId.UNSUPPORTED_EVIDENCE,
          "the report has version %d; %d to %d are supported"
              .formatted(report.version(), OLDEST_VERSION, NEWEST_VERSION));
    }
    if (bytes.u32(0x34) != ECDSA_P384_SHA384) {
      throw new EvidenceException(
          RejectionId.UNSUPPORTED_EVIDENCE,
          "the report's signature algorithm is %d, not 1 (ECDSA P-384 with SHA-384)"
              .formatted(bytes.u32(0x34)));
    }
    report.checkValues();
    report.checkReserved();
    return report;
  }

  private void checkValues() throws EvidenceException {
    if (vmpl() > MOST_VMPL) {
      throw malformed("VMPL is %d; %d is the highest".formatted(vmpl(), MOST_VMPL));
    }
    var policy = bytes.u64(0x08);
    if (policy >>> POLICY_BITS != 0 || (policy >>> 17 & 1) == 0) {
      throw malformed(
          "POLICY is %016x; bit 17 must be set, and bits 26 to 63 must not".formatted(policy));
    }
    if (bytes.u32(0x48) > KEY_INFO_BITS) {
      throw malformed(
          "the reserved bits 5 to 31 of KEY_INFO (%08x) are not zero".formatted(bytes.u32(0x48)));
    }
    if ((bytes.u32(0x48) & 1) == 0 && !authorKeyDigest().isZero()) {
      throw malformed("AUTHOR_KEY_DIGEST is set, but KEY_INFO says that there is no author key");
    }
  }

  private void checkReserved() throws EvidenceException {
    checkZero(0x4c, 0x50);
    checkZero(hasCpuid() ? 0x18b : 0x188, 0x1a0);
    checkZero(0x1eb, 0x1ec);
    checkZero(0x1ef, 0x1f0);
    checkZero(version() < FIRST_VERSION_WITH_MITIGATIONS ? 0x1f8 : 0x208, SIGNED_BYTES);
    checkZero(SIGNED_BYTES + P384_BYTES, SIGNED_BYTES + SCALAR_BYTES);
    checkZero(SIGNED_BYTES + SCALAR_BYTES + P384_BYTES, BYTES);
  }

  private void checkZero(int from, int to) throws EvidenceException {
    if (!bytes.slice(from, to - from).isZero()) {
      throw malformed(
          "the reserved bytes 0x%x to 0x%x of the report are not zero".formatted(from, to - 1));
    }
  }

  private static EvidenceException malformed(String reason) {
    return new EvidenceException(RejectionId.MALFORMED_EVIDENCE, reason);
  }

  long version() {
    return bytes.u32(0);
  }

  long guestSvn() {
    return bytes.u32(0x04);
  }

  SnpPolicy policy() {
    return new SnpPolicy(bytes.u64(0x08));
  }

  Octets familyId() {
    return bytes.slice(0x10, 16);
  }

  Octets imageId() {
    return bytes.slice(0x20, 16);
  }

  int vmpl() {
    return (int) Math.min(bytes.u32(0x30), Integer.MAX_VALUE);
  }

  long platformInfo() {
    return bytes.u64(0x40);
  }

  /// Returns whether the host keeps the signing key from the report, which is then not signed.
  boolean keyMasked() {
    return (bytes.u32(0x48) >>> 1 & 1) == 1;
  }

  /// Returns the kind of key that signed the report, as KEY_INFO says.
  ///
  /// @throws EvidenceException if it is none
  SnpKey signingKey() throws EvidenceException {
    var key = (int) (bytes.u32(0x48) >>> 2 & 7);
    return switch (key) {
      case 0 -> SnpKey.VCEK;
      case 1 -> SnpKey.VLEK;
      default ->
          throw new EvidenceException(
              RejectionId.UNSUPPORTED_EVIDENCE,
              "KEY_INFO says %d for the signing key; 0 (VCEK) and 1 (VLEK) are supported"
                  .formatted(key));
    };
  }

  Octets reportData() {
    return bytes.slice(0x50, 64);
  }

  Octets measurement() {
    return bytes.slice(0x90, 48);
  }

  Octets hostData() {
    return bytes.slice(0xc0, 32);
  }

  Octets idKeyDigest() {
    return bytes.slice(0xe0, 48);
  }

  Octets authorKeyDigest() {
    return bytes.slice(0x110, 48);
  }

  Octets reportId() {
    return bytes.slice(0x140, 32);
  }

  Octets currentTcb() {
    return bytes.slice(0x38, 8);
  }

  Octets reportedTcb() {
    return bytes.slice(0x180, 8);
  }

  Octets committedTcb() {
    return bytes.slice(0x1e0, 8);
  }

  Octets launchTcb() {
    return bytes.slice(0x1f0, 8);
  }

  Octets chipId() {
    return bytes.slice(0x1a0, 64);
  }

  /// Returns whether the report names its processor.
  boolean hasCpuid() {
    return version() >= FIRST_VERSION_WITH_CPUID;
  }

  /// Returns the generation of the processor that the report names, if it is known.
  Optional<SnpGeneration> generation() {
    return hasCpuid() ? SnpGeneration.ofCpuid(bytes.u8(0x188), bytes.u8(0x189)) : Optional.empty();
  }

  /// Returns CPUID's family and model, in a form for messages.
  String cpuid() {
    return "family 0x%02x, model 0x%02x".formatted(bytes.u8(0x188), bytes.u8(0x189));
  }

  /// Returns what the signature is over.
  byte[] signed() {
    return bytes.slice(0, SIGNED_BYTES).toBytes();
  }

  /// Returns whether there are zeros where the signature would be.
  boolean isUnsigned() {
    return bytes.slice(SIGNED_BYTES, 2 * SCALAR_BYTES).isZero();
  }

  /// Returns the signature as r ‖ s, big endian.
  byte[] signature() {
    var signature = new byte[2 * P384_BYTES];
    for (var i = 0; i < P384_BYTES; i++) {
      signature[P384_BYTES - 1 - i] = (byte) bytes.u8(SIGNED_BYTES + i);
      signature[2 * P384_BYTES - 1 - i] = (byte) bytes.u8(SIGNED_BYTES + SCALAR_BYTES + i);
    }
    return signature;
  }
}
