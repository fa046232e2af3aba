package dev.testudo.trust.attest.tpm;

import dev.testudo.trust.attest.evidence.EvidenceException;
import dev.testudo.trust.attest.evidence.Octets;
import dev.testudo.trust.attest.evidence.RejectionId;

/// Reads the parts of a TPM's structure one after the other. Integers are big endian.
final class TpmReader {
  private final Octets bytes;
  private int at;

  TpmReader(Octets bytes) {
    this.bytes = bytes;
  }

  int u8() throws EvidenceException {
    return take(1).u8(0);
  }

  int u16() throws EvidenceException {
    return (int) number(2);
  }

  long u32() throws EvidenceException {
    return number(4);
  }

  long u64() throws EvidenceException {
    return number(8);
  }

  /// Reads a length of two bytes, and so many bytes.
  Octets sized(int most) throws EvidenceException {
    var length = u16();
    if (length > most) {
      throw malformed("a part of it has %d bytes; %d are allowed".formatted(length, most));
    }
    return take(length);
  }

  /// Checks that nothing is left.
  void end() throws EvidenceException {
    if (at != bytes.length()) {
      throw malformed("it is followed by other bytes");
    }
  }

  private long number(int count) throws EvidenceException {
    var part = take(count);
    var value = 0L;
    for (var i = 0; i < count; i++) {
      value = value << Byte.SIZE | part.u8(i);
    }
    return value;
  }

  Octets take(int count) throws EvidenceException {
    if (count > bytes.length() - at) {
      throw malformed("it ends early");
    }
    at += count;
    return bytes.slice(at - count, count);
  }

  static EvidenceException malformed(String reason) {
    return new EvidenceException(
        RejectionId.MALFORMED_EVIDENCE, "what the TPM made is malformed: " + reason);
  }
}
