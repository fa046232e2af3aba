package dev.testudo.trust.attest.tpm;

import static java.nio.charset.StandardCharsets.US_ASCII;

import dev.testudo.trust.attest.evidence.Measurement;
import dev.testudo.trust.attest.evidence.Octets;
import java.nio.ByteBuffer;
import java.util.HexFormat;
import java.util.SortedMap;

/// One value for several registers of a TPM. See `docs/formats/measurement.md`.
public final class RegisterHash {
  private RegisterHash() {}

  /// Returns SHA-256 over the purpose, what vouches for the registers, and their numbers and
  /// values, in hexadecimal.
  ///
  /// @param purpose names the format
  /// @param above what stands above the registers; empty if nothing does
  /// @param registers the values by number, in hexadecimal
  public static String of(String purpose, Octets above, SortedMap<Integer, String> registers) {
    var sha256 = Measurement.sha256();
    sha256.update((purpose + "\n").getBytes(US_ASCII));
    sha256.update(above.buffer());
    sha256.update(number(registers.size()));
    registers.forEach(
        (register, value) -> {
          sha256.update(number(register));
          sha256.update(HexFormat.of().parseHex(value));
        });
    return HexFormat.of().formatHex(sha256.digest());
  }

  private static byte[] number(int value) {
    return ByteBuffer.allocate(Integer.BYTES).putInt(value).array();
  }
}
