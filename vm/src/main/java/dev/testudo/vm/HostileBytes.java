package dev.testudo.vm;

import dev.testudo.trust.attest.evidence.Octets;

/// The bytes of a file from which positions and lengths are read. Each access is checked: one
/// outside of the file is a [VmException] that says what was looked for. Integers are little
/// endian.
public final class HostileBytes {
  private final String name;
  private final Octets bytes;

  private HostileBytes(String name, Octets bytes) {
    this.name = name;
    this.bytes = bytes;
  }

  /// Returns access to `bytes`.
  ///
  /// @param name what they are, for messages, such as `the firmware`
  /// @param most the limit of their number
  /// @throws VmException if they are more
  public static HostileBytes of(String name, Octets bytes, int most) throws VmException {
    if (bytes.length() > most) {
      throw VmException.tooLarge(
          "%s has %d bytes; %d are the most".formatted(name, bytes.length(), most));
    }
    return new HostileBytes(name, bytes);
  }

  /// Returns the number of bytes.
  public int length() {
    return bytes.length();
  }

  /// Returns all bytes.
  public Octets bytes() {
    return bytes;
  }

  /// Returns `count` bytes from position `from` on.
  ///
  /// @param what what they are, for the message, such as `the section table`
  /// @throws VmException if not all of them are in the file
  public Octets slice(long from, long count, String what) throws VmException {
    if (from < 0 || count < 0 || from > bytes.length() || count > bytes.length() - from) {
      throw malformed(
          "%s (%d bytes at offset %d) is not in its %d bytes"
              .formatted(what, count, from, bytes.length()));
    }
    return bytes.slice((int) from, (int) count);
  }

  /// Returns the 16-bit integer at `at`.
  public int u16(long at, String what) throws VmException {
    return slice(at, 2, what).u16(0);
  }

  /// Returns the 32-bit integer at `at`, from 0 on.
  public long u32(long at, String what) throws VmException {
    return slice(at, 4, what).u32(0);
  }

  /// Returns the 64-bit integer at `at`.
  ///
  /// @throws VmException also if it is 2^63 or more, which no position or length is
  public long u64(long at, String what) throws VmException {
    var value = slice(at, 8, what).u64(0);
    if (value < 0) {
      throw malformed("%s is 2^63 or more".formatted(what));
    }
    return value;
  }

  /// Returns the exception for a file that does not follow its format.
  public VmException malformed(String reason) {
    return VmException.malformed("%s is malformed: %s".formatted(name, reason));
  }

  /// Returns the exception for a file that uses something that is not supported.
  public VmException unsupported(String reason) {
    return VmException.unsupported("%s is not supported: %s".formatted(name, reason));
  }

  /// Returns the exception for a file that exceeds a limit.
  public VmException tooLarge(String reason) {
    return VmException.tooLarge("%s is too large: %s".formatted(name, reason));
  }
}
