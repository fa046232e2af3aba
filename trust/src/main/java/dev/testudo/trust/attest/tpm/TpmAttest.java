package dev.testudo.trust.attest.tpm;

import dev.testudo.trust.attest.evidence.EvidenceException;
import dev.testudo.trust.attest.evidence.Octets;
import dev.testudo.trust.attest.evidence.RejectionId;
import java.util.Collections;
import java.util.SortedSet;
import java.util.TreeSet;

/// A TPMS_ATTEST about a quote whose format is checked, and nothing else (TPM 2.0, part 2, section
/// 10.12). Integers are big endian.
///
/// @param extraData what the TPM was asked with
/// @param registers the numbers of the registers that are quoted, of the bank SHA-256
/// @param pcrDigest the hash over their values
/// @param clock when the TPM signed, and how often it was started
public record TpmAttest(
    Octets extraData, SortedSet<Integer> registers, Octets pcrDigest, ClockInfo clock) {
  /// Copies the set.
  public TpmAttest {
    registers = Collections.unmodifiableSortedSet(new TreeSet<>(registers));
  }

  private static final long MAGIC = 0xff544347L; // TPM_GENERATED_VALUE
  private static final int ATTEST_QUOTE = 0x8018;
  private static final int SHA256 = 0x000b;
  private static final int HASH_BYTES = 32;
  private static final int SELECT_BYTES = 3;
  private static final int MOST_NAME = 68;
  private static final int MOST_DATA = 66;

  /// TPMS_CLOCK_INFO and the version of the firmware.
  ///
  /// @param milliseconds since the TPM was made; only while it is powered
  public record ClockInfo(
      long milliseconds, long resets, long restarts, boolean safe, long firmwareVersion) {}

  /// Parses the structure.
  ///
  /// @throws EvidenceException if it is something else, or not about registers of SHA-256 only
  public static TpmAttest parse(Octets bytes) throws EvidenceException {
    var in = new TpmReader(bytes);
    if (in.u32() != MAGIC) {
      throw malformed("it does not begin with TPM_GENERATED_VALUE: the TPM did not make it");
    }
    var type = in.u16();
    if (type != ATTEST_QUOTE) {
      throw malformed("its type is 0x%04x, not 0x8018 (quote)".formatted(type));
    }
    in.sized(MOST_NAME); // qualifiedSigner
    var extraData = in.sized(MOST_DATA);
    var clock = new ClockInfo(in.u64(), in.u32(), in.u32(), in.u8() == 1, in.u64());
    var registers = registers(in);
    var digest = in.sized(HASH_BYTES);
    in.end();
    if (digest.length() != HASH_BYTES) {
      throw malformed("pcrDigest has %d bytes, not 32 (SHA-256)".formatted(digest.length()));
    }
    return new TpmAttest(extraData, registers, digest, clock);
  }

  private static SortedSet<Integer> registers(TpmReader in) throws EvidenceException {
    var count = in.u32();
    var bank = count == 1 ? in.u16() : 0;
    if (bank != SHA256) {
      throw new EvidenceException(
          RejectionId.UNSUPPORTED_EVIDENCE,
          "the TPM's quote selects %d banks, or another than SHA-256; one of SHA-256 is supported"
              .formatted(count));
    }
    if (in.u8() != SELECT_BYTES) {
      throw malformed("its selection of registers does not have 3 bytes");
    }
    var registers = new TreeSet<Integer>();
    for (var octet = 0; octet < SELECT_BYTES; octet++) {
      var bits = in.u8();
      for (var bit = 0; bit < Byte.SIZE; bit++) {
        if ((bits >>> bit & 1) == 1) {
          registers.add(octet * Byte.SIZE + bit);
        }
      }
    }
    return registers;
  }

  private static EvidenceException malformed(String reason) {
    return TpmReader.malformed(reason);
  }
}
