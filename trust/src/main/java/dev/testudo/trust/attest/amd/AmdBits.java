package dev.testudo.trust.attest.amd;

import dev.testudo.trust.attest.evidence.Field;
import java.util.ArrayList;
import java.util.List;

/// Names the bits of the registers of an attestation report (AMD 56860, tables POLICY,
/// PLATFORM_INFO and KEY_INFO).
final class AmdBits {
  private AmdBits() {}

  /// A bit, and what it means if it is set and if not.
  private record Bit(int number, String name, String set, String clear) {}

  private static final List<Bit> POLICY =
      List.of(
          new Bit(16, "SMT", "may run where threads share a core", "must not share a core"),
          new Bit(17, "reserved", "as it must be", "must be set"),
          new Bit(18, "MIGRATE_MA", "a migration agent may export it", "no migration agent"),
          new Bit(19, "DEBUG", "the host can read and change it", "no debugging"),
          new Bit(20, "SINGLE_SOCKET", "one socket only", "any number of sockets"),
          new Bit(21, "CXL_ALLOW", "may use CXL", "must not use CXL"),
          new Bit(22, "MEM_AES_256_XTS", "needs AES-256-XTS", "any memory encryption"),
          new Bit(23, "RAPL_DIS", "RAPL must be off", "RAPL may be on"),
          new Bit(24, "CIPHERTEXT_HIDING", "needs ciphertext hiding", "ciphertext may be seen"),
          new Bit(25, "PAGE_SWAP_DISABLE", "pages must not be swapped", "pages may be swapped"));

  private static final List<Bit> PLATFORM =
      List.of(
          new Bit(0, "SMT_EN", "threads share a core", "threads do not share a core"),
          new Bit(1, "TSME_EN", "all memory is encrypted", "not all memory is encrypted"),
          new Bit(2, "ECC_EN", "memory corrects errors", "memory does not correct errors"),
          new Bit(3, "RAPL_DIS", "RAPL is off", "RAPL is on"),
          new Bit(
              4, "CIPHERTEXT_HIDING_EN", "the host sees no ciphertext", "the host sees ciphertext"),
          new Bit(5, "ALIAS_CHECK_COMPLETE", "no two addresses are the same memory", "not checked"),
          new Bit(7, "TIO_EN", "SEV-TIO is on", "SEV-TIO is off"));

  private static final List<Bit> KEY =
      List.of(
          new Bit(0, "AUTHOR_KEY_EN", "there is an author key", "there is no author key"),
          new Bit(1, "MASK_CHIP_KEY", "the host withholds the chip's key", "not withheld"));

  static List<Field> policy(long value) {
    var fields = new ArrayList<Field>();
    fields.add(
        Field.of(
            "ABI",
            "%d.%d".formatted(value >>> 8 & 0xff, value & 0xff),
            "least version of the firmware's ABI"));
    fields.addAll(bits(POLICY, value, 26));
    return fields;
  }

  static List<Field> platform(long value) {
    return bits(PLATFORM, value, 8);
  }

  static List<Field> key(long value) {
    var fields = new ArrayList<>(bits(KEY, value, 5));
    var key = (int) (value >>> 2 & 7);
    fields.add(
        Field.of(
            "SIGNING_KEY",
            Integer.toString(key),
            switch (key) {
              case 0 -> "VCEK";
              case 1 -> "VLEK";
              case 7 -> "none";
              default -> "not known";
            }));
    return fields;
  }

  private static List<Field> bits(List<Bit> known, long value, int firstReserved) {
    var fields = new ArrayList<Field>();
    for (var bit : known) {
      var isSet = (value >>> bit.number() & 1) == 1;
      fields.add(Field.of(bit.name(), isSet ? "1" : "0", isSet ? bit.set() : bit.clear()));
    }
    if (value >>> firstReserved != 0) {
      fields.add(
          Field.of("reserved", "%x".formatted(value >>> firstReserved), "bits not known here"));
    }
    return fields;
  }
}
