package dev.testudo.trust.attest.azure;

import dev.testudo.trust.attest.evidence.EvidenceException;
import dev.testudo.trust.attest.evidence.Measurement;
import dev.testudo.trust.attest.evidence.Octets;
import dev.testudo.trust.attest.evidence.RejectionId;
import java.util.Arrays;
import java.util.Optional;

/// A report of the paravisor whose format is checked, and nothing else: a header, a report of the
/// hardware, and runtime data whose hash is that report's report data.
///
/// @param kind what the hardware is
/// @param report the report of the hardware: a SEV-SNP report of 1,184 bytes or a TDREPORT of 1,024
/// @param runtimeData JSON
record HclReport(Kind kind, Octets report, Octets runtimeData) {
  private static final int MAGIC = 0x414c4348; // HCLA
  private static final int HEADER_BYTES = 32;
  private static final int REPORT_BYTES = 1184;
  private static final int RUNTIME_HEADER_BYTES = 20;
  private static final int RUNTIME_START = HEADER_BYTES + REPORT_BYTES;
  private static final int JSON_START = RUNTIME_START + RUNTIME_HEADER_BYTES;
  private static final int NEWEST_VERSION = 2;
  private static final int ATTESTATION = 2;
  private static final int RUNTIME_VERSION = 1;
  private static final int SHA256 = 1;
  private static final int REPORT_DATA_BYTES = 64;

  /// The kinds of hardware.
  enum Kind {
    SEV_SNP(2, 1184),
    TDX(4, 1024);

    private final int number;
    private final int reportBytes;

    Kind(int number, int reportBytes) {
      this.number = number;
      this.reportBytes = reportBytes;
    }

    private static Optional<Kind> of(long number) {
      return Arrays.stream(values()).filter(kind -> kind.number == number).findFirst();
    }
  }

  /// Parses a report.
  ///
  /// @throws EvidenceException if it does not follow its format, or is of a kind that is not known
  static HclReport parse(Octets bytes) throws EvidenceException {
    if (bytes.length() < JSON_START || bytes.u32(0) != MAGIC) {
      throw malformed("it does not begin with HCLA, or is shorter than its header");
    }
    checkHeader(bytes);
    var number = bytes.u32(RUNTIME_START + 8);
    var kind =
        Kind.of(number)
            .orElseThrow(
                () ->
                    new EvidenceException(
                        RejectionId.UNSUPPORTED_EVIDENCE,
                        "the paravisor's report has type %d; 2 (SEV-SNP) and 4 (TDX) are supported"
                            .formatted(number)));
    var length = bytes.u32(RUNTIME_START + 16);
    if (bytes.u32(RUNTIME_START) != RUNTIME_HEADER_BYTES + length
        || length > bytes.length() - JSON_START) {
      throw malformed("the runtime data has another length than the report says");
    }
    var end = JSON_START + (int) length;
    if (!bytes.slice(end, bytes.length() - end).isZero()) {
      throw malformed("it is followed by bytes that are not zero");
    }
    return new HclReport(
        kind, bytes.slice(HEADER_BYTES, kind.reportBytes), bytes.slice(JSON_START, (int) length));
  }

  private static void checkHeader(Octets bytes) throws EvidenceException {
    var version = bytes.u32(4);
    if (version < 1 || version > NEWEST_VERSION || bytes.u32(12) != ATTESTATION) {
      throw new EvidenceException(
          RejectionId.UNSUPPORTED_EVIDENCE,
          "the paravisor's report has version %d and request type %d; 1 or 2 and 2 are supported"
              .formatted(version, bytes.u32(12)));
    }
    if (bytes.u32(16) != 0) {
      throw malformed("the paravisor reports the error %d".formatted(bytes.u32(16)));
    }
    if (bytes.u32(RUNTIME_START + 4) != RUNTIME_VERSION
        || bytes.u32(RUNTIME_START + 12) != SHA256) {
      throw new EvidenceException(
          RejectionId.UNSUPPORTED_EVIDENCE,
          "the runtime data has version %d and hash type %d; 1 and 1 (SHA-256) are supported"
              .formatted(bytes.u32(RUNTIME_START + 4), bytes.u32(RUNTIME_START + 12)));
    }
  }

  /// Returns what the report data of the hardware must be: SHA-256(runtime data) ‖ zeros.
  Octets reportData() {
    var hash = Measurement.sha256().digest(runtimeData.toBytes());
    return Octets.of(Arrays.copyOf(hash, REPORT_DATA_BYTES));
  }

  private static EvidenceException malformed(String reason) {
    return new EvidenceException(
        RejectionId.MALFORMED_EVIDENCE, "the paravisor's report is malformed: " + reason);
  }
}
