package dev.testudo.trust.attest.intel;

import dev.testudo.trust.attest.evidence.EvidenceException;
import dev.testudo.trust.attest.evidence.Octets;
import dev.testudo.trust.attest.evidence.RejectionId;
import java.util.List;

/// How Intel's quoting enclave must be (QE identity, version 2, of Intel's PCS API v4).
///
/// @param levels the highest first; at least one
record QeIdentity(Period period, int evaluationNumber, Expected expected, List<SvnLevel> levels) {
  /// Copies the list.
  QeIdentity {
    levels = List.copyOf(levels);
  }

  /// What the report of the enclave must say.
  ///
  /// @param miscSelect 4 bytes in the order of the report
  /// @param attributes 16 bytes
  /// @param mrsigner 32 bytes
  record Expected(Masked miscSelect, Masked attributes, Octets mrsigner, int productId) {}

  /// A value of which the bits count that a mask has.
  record Masked(Octets value, Octets mask) {
    boolean matches(Octets seen) {
      for (var i = 0; i < seen.length(); i++) {
        if ((seen.u8(i) & mask.u8(i)) != value.u8(i)) {
          return false;
        }
      }
      return true;
    }
  }

  /// Checks the report of a quoting enclave.
  void check(QuoteBody.Enclave report) throws EvidenceException {
    if (report.debug()) {
      throw wrong("is in debug mode");
    }
    if (!expected.mrsigner.equals(report.mrSigner())) {
      throw wrong("has another MRSIGNER: " + report.mrSigner().hex());
    }
    if (expected.productId != report.productId()) {
      throw wrong("has ISVPRODID %d, not %d".formatted(report.productId(), expected.productId));
    }
    if (!expected.miscSelect.matches(report.miscSelect())) {
      throw wrong("has another MISCSELECT: " + report.miscSelect().hex());
    }
    if (!expected.attributes.matches(report.attributes())) {
      throw wrong("has other ATTRIBUTES: " + report.attributes().hex());
    }
  }

  private static EvidenceException wrong(String reason) {
    return new EvidenceException(
        RejectionId.WRONG_QUOTING_ENCLAVE, "the enclave that made the quote " + reason);
  }
}
