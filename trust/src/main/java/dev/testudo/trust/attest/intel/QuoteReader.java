package dev.testudo.trust.attest.intel;

import dev.testudo.trust.attest.evidence.EvidenceException;
import dev.testudo.trust.attest.evidence.Octets;
import dev.testudo.trust.attest.evidence.RejectionId;

/// Reads bytes in order, never beyond their end. Integers are little endian.
final class QuoteReader {
  private final Octets bytes;
  private int at;

  QuoteReader(Octets bytes) {
    this.bytes = bytes;
  }

  /// Returns how many bytes are left.
  int left() {
    return bytes.length() - at;
  }

  /// Takes the next `count` bytes.
  ///
  /// @param what names them in messages
  Octets take(long count, String what) throws EvidenceException {
    if (count > left()) {
      throw malformed(
          "%s needs %d bytes at offset %d, but %d are left".formatted(what, count, at, left()));
    }
    var taken = bytes.slice(at, (int) count);
    at += (int) count;
    return taken;
  }

  int u16(String what) throws EvidenceException {
    return take(2, what).u16(0);
  }

  long u32(String what) throws EvidenceException {
    return take(4, what).u32(0);
  }

  /// Takes a length of 4 bytes and a reader of as many bytes.
  QuoteReader block(String what) throws EvidenceException {
    return new QuoteReader(take(u32("the length of " + what), what));
  }

  /// Takes all bytes that are left.
  Octets rest() {
    var rest = bytes.slice(at, left());
    at = bytes.length();
    return rest;
  }

  /// Checks that nothing is left.
  void done(String what) throws EvidenceException {
    if (left() > 0) {
      throw malformed("%s has %d bytes too many".formatted(what, left()));
    }
  }

  static EvidenceException malformed(String reason) {
    return new EvidenceException(RejectionId.MALFORMED_EVIDENCE, reason);
  }

  static EvidenceException unsupported(String reason) {
    return new EvidenceException(RejectionId.UNSUPPORTED_EVIDENCE, reason);
  }
}
