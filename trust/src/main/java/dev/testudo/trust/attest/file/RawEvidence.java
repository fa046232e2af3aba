package dev.testudo.trust.attest.file;

import dev.testudo.trust.attest.eventlog.TcgLog;
import dev.testudo.trust.attest.evidence.Evidence;
import dev.testudo.trust.attest.evidence.EvidenceException;
import dev.testudo.trust.attest.evidence.Octets;
import dev.testudo.trust.attest.file.EvidenceFile.Item;
import java.util.Optional;
import java.util.Set;

/// Recognises evidence by its first bytes. The parsers of each kind check the rest.
final class RawEvidence {
  private static final int QUOTE_HEADER = 48;
  private static final int REPORT_BYTES = 1184;
  private static final int SIGNATURE_ALGORITHM = 0x34;
  private static final long TDX = 0x81;

  /// Numbers of versions and algorithms are small, which tells evidence from other files.
  private static final int MOST_SMALL = 15;

  /// The first four bytes of an HCL report: `HCLA`.
  private static final long HCL = 0x414c4348L;

  /// The GUIDs of certificate tables, as they are stored: VCEK, VLEK, ASK, ARK.
  private static final Set<String> TABLE_GUIDS =
      Set.of(
          "8d75da6364e66445adc5f4b93be8accd",
          "c24b07a85aa23e48aae639c045a0b8a1",
          "79b3b74aacbbe44fa02f05aef327c782",
          "a406b4c003a8524997433fb6014cd0ae");

  private RawEvidence() {}

  static EvidenceFile read(Octets bytes) throws EvidenceException {
    if (TcgLog.isOne(bytes)) {
      return EvidenceFile.of(new Item.Log(TcgLog.any(bytes)));
    }
    limit(bytes);
    if (bytes.length() >= 4 && bytes.u32(0) == HCL) {
      return EvidenceFile.of(new Item.HclReport(bytes));
    }
    if (isTable(bytes)) {
      return EvidenceFile.of(new Item.CertificateTable(bytes));
    }
    if (isReport(bytes)) {
      return EvidenceFile.of(new Item.Proof(report(bytes)));
    }
    if (isQuote(bytes)) {
      return EvidenceFile.of(new Item.Proof(quote(bytes)));
    }
    throw EvidenceFiles.unsupported(
        "these %d bytes are no quote, report or event log that is known here%s"
            .formatted(bytes.length(), hint(bytes)));
  }

  private static void limit(Octets bytes) throws EvidenceException {
    if (bytes.length() > Evidence.MOST_BYTES) {
      throw EvidenceFiles.malformed(
          "these are %d bytes, and evidence has at most %d"
              .formatted(bytes.length(), Evidence.MOST_BYTES));
    }
  }

  private static String hint(Octets bytes) {
    var major = bytes.u8(0) >>> 5;
    return major == 4 || major == 5 || major == 6
        ? "; they may be CBOR, which TDX with DICE delivers and which is not supported"
        : "";
  }

  /// Returns the evidence of a quote by its type of TEE. Version 3 is of SGX only.
  static Evidence quote(Octets bytes) throws EvidenceException {
    limit(bytes);
    if (bytes.length() < QUOTE_HEADER) {
      throw EvidenceFiles.malformed(
          "a quote has more than %d bytes, and this has %d"
              .formatted(QUOTE_HEADER, bytes.length()));
    }
    var version = bytes.u16(0);
    var tee = version <= 3 ? 0 : bytes.u32(4);
    if (tee != 0 && tee != TDX) {
      throw EvidenceFiles.unsupported(
          "a quote of version %d and TEE type 0x%x is neither of SGX nor of TDX"
              .formatted(version, tee));
    }
    return tee == 0 ? new Evidence.SgxQuote(bytes) : new Evidence.TdxQuote(bytes);
  }

  /// A version and a type of key that exist, or may come to exist.
  private static boolean isQuote(Octets bytes) {
    return bytes.length() >= QUOTE_HEADER
        && (bytes.u16(0) >= 1 && bytes.u16(0) <= MOST_SMALL)
        && (bytes.u16(2) >= 1 && bytes.u16(2) <= MOST_SMALL);
  }

  private static boolean isReport(Octets bytes) {
    return bytes.length() >= SIGNATURE_ALGORITHM + 4
        && bytes.u32(0) >= 1
        && bytes.u32(0) <= MOST_SMALL
        && bytes.u32(SIGNATURE_ALGORITHM) == 1;
  }

  /// Returns a report with the certificate table that may follow it.
  static Evidence.SnpReport report(Octets bytes) throws EvidenceException {
    limit(bytes);
    if (bytes.length() < REPORT_BYTES) {
      throw EvidenceFiles.malformed(
          "a SEV-SNP report has %d bytes, and this has %d".formatted(REPORT_BYTES, bytes.length()));
    }
    var rest = bytes.slice(REPORT_BYTES, bytes.length() - REPORT_BYTES);
    if (!rest.isZero() && !isTable(rest)) {
      throw EvidenceFiles.malformed(
          "%d bytes follow the SEV-SNP report, and they are no certificate table"
              .formatted(rest.length()));
    }
    return new Evidence.SnpReport(
        bytes.slice(0, REPORT_BYTES), rest.isZero() ? Optional.empty() : Optional.of(rest));
  }

  private static boolean isTable(Octets bytes) {
    return bytes.length() >= 16 && TABLE_GUIDS.contains(bytes.slice(0, 16).hex());
  }
}
