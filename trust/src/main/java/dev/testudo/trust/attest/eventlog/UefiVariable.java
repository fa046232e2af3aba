package dev.testudo.trust.attest.eventlog;

import dev.testudo.trust.attest.evidence.Octets;
import java.nio.charset.StandardCharsets;
import java.util.Optional;

/// A variable of the firmware as an event has it (`UEFI_VARIABLE_DATA`, TCG PC Client Platform
/// Firmware Profile, section 10.2.6).
///
/// @param owner the GUID of who defines it, 16 bytes as they are stored
record UefiVariable(Octets owner, String name, Octets value) {
  private static final int HEADER = 32;

  /// Reads a variable; returns empty if `data` is none.
  static Optional<UefiVariable> read(Octets data) {
    if (data.length() < HEADER) {
      return Optional.empty();
    }
    var characters = data.u64(16);
    var length = data.u64(24);
    var rest = data.length() - HEADER;
    if (characters < 0 || characters > rest / 2 || length < 0) {
      return Optional.empty();
    }
    var name = (int) (2 * characters);
    if (length != rest - name) {
      return Optional.empty();
    }
    return Optional.of(
        new UefiVariable(
            data.slice(0, 16),
            new String(data.slice(HEADER, name).toBytes(), StandardCharsets.UTF_16LE),
            data.slice(HEADER + name, (int) length)));
  }
}
