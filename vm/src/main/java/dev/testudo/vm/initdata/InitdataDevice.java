package dev.testudo.vm.initdata;

import static java.nio.charset.StandardCharsets.US_ASCII;

import dev.testudo.trust.attest.evidence.Octets;
import dev.testudo.vm.HostileBytes;
import dev.testudo.vm.VmException;

/// The block device by which Kata's runtime hands initdata to a guest: the word `initdata`, a
/// length (64 bits, little endian), and as many bytes of gzip. See Kata Containers,
/// `src/agent/src/initdata.rs`.
public final class InitdataDevice {
  /// The bytes in front of the compressed document.
  public static final int HEADER = 16;

  private static final Octets MAGIC = Octets.of("initdata".getBytes(US_ASCII));

  private InitdataDevice() {}

  /// Returns whether a device begins as one with initdata does.
  ///
  /// @param header its first bytes
  public static boolean isOne(Octets header) {
    return header.length() >= MAGIC.length() && header.slice(0, MAGIC.length()).equals(MAGIC);
  }

  /// Returns how many bytes of gzip follow the header.
  ///
  /// @throws VmException if it is no header, or the number exceeds the limit
  public static int compressedLength(Octets header) throws VmException {
    var bytes = HostileBytes.of("the initdata device", header, HEADER);
    if (!isOne(header)) {
      throw bytes.malformed("it does not begin with the word initdata");
    }
    var length = bytes.u64(MAGIC.length(), "its length");
    if (length > InitdataAnnotation.MOST_CHARACTERS) {
      throw bytes.tooLarge(
          "it says %d bytes; %d are the most"
              .formatted(length, InitdataAnnotation.MOST_CHARACTERS));
    }
    return (int) length;
  }

  /// Reads the compressed document.
  ///
  /// @throws VmException if it is no gzip of initdata, or exceeds a limit
  public static Initdata read(Octets compressed) throws VmException {
    return Initdata.read(GzipMember.unpack(compressed, Initdata.MOST_BYTES));
  }
}
