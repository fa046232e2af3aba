package dev.testudo.vm.measure.snp;

import static dev.testudo.vm.MeasurementHash.SHA256;
import static java.nio.charset.StandardCharsets.UTF_8;

import dev.testudo.trust.attest.evidence.Octets;
import dev.testudo.vm.VmException;
import dev.testudo.vm.firmware.Guid;
import dev.testudo.vm.firmware.SnpMetadata;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Optional;

/// The SHA-256 of kernel, initrd and command line, which QEMU puts into a page of the guest
/// (`kernel-hashes=on`) and a firmware with that ability checks. See QEMU, `target/i386/sev.c`.
public record KernelHashes(Octets kernel, Octets initrd, Octets commandLine) {
  private static final Guid TABLE = Guid.parse("9438d606-4f22-4cc9-b479-a793d411fd21");
  private static final Guid COMMAND_LINE = Guid.parse("97d02dd8-bd20-4c94-aa78-e7714d36ab2a");
  private static final Guid INITRD = Guid.parse("44baf731-3a2f-4bd7-9af1-41e29169781d");
  private static final Guid KERNEL = Guid.parse("4de79437-abd2-427f-b835-d5b172d2045b");
  private static final int HEAD = Guid.BYTES + Short.BYTES;
  private static final int ENTRY = HEAD + 32;
  private static final int LENGTH = HEAD + 3 * ENTRY;
  private static final int PADDED = (LENGTH + 15) / 16 * 16;

  /// Checks the lengths.
  ///
  /// @throws IllegalArgumentException if one is no SHA-256
  public KernelHashes {
    for (var hash : new Octets[] {kernel, initrd, commandLine}) {
      if (hash.length() != SHA256.bytes()) {
        throw new IllegalArgumentException("a hash has %d bytes".formatted(hash.length()));
      }
    }
  }

  /// Returns the hashes of what QEMU is given.
  ///
  /// @param kernel the file, not what is in it
  /// @param initrd the file; without one, the hash is that of nothing
  /// @param commandLine the option `-append`; a NUL is added
  public static KernelHashes of(Octets kernel, Optional<Octets> initrd, String commandLine) {
    return new KernelHashes(
        SHA256.of(kernel),
        SHA256.of(initrd.orElse(Octets.of(new byte[0]))),
        SHA256.of((commandLine + '\0').getBytes(UTF_8)));
  }

  /// Returns the page with the table.
  ///
  /// @param offset where the table begins in it
  Octets page(int offset) throws VmException {
    if (offset > SnpMetadata.PAGE - PADDED) {
      throw VmException.malformed(
          "the firmware is malformed: its table of kernel hashes does not end in its page");
    }
    var page = ByteBuffer.allocate(SnpMetadata.PAGE).order(ByteOrder.LITTLE_ENDIAN);
    page.position(offset).put(TABLE.bytes()).putShort((short) LENGTH);
    entry(page, COMMAND_LINE, commandLine);
    entry(page, INITRD, initrd);
    entry(page, KERNEL, kernel);
    return Octets.of(page.array());
  }

  private static void entry(ByteBuffer page, Guid guid, Octets hash) {
    page.put(guid.bytes()).putShort((short) ENTRY).put(hash.buffer());
  }
}
