package dev.testudo.vm.measure.tdx;

import dev.testudo.trust.attest.evidence.Octets;
import dev.testudo.vm.HostileBytes;
import dev.testudo.vm.VmException;
import dev.testudo.vm.pe.PeFile;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/// A kernel as QEMU hands it to the guest's firmware: with fields of its setup header filled in, as
/// a boot loader does. See QEMU, `hw/i386/x86-common.c`, `x86_load_linux`, and Linux,
/// `Documentation/arch/x86/boot.rst`. Only kernels that every distribution has shipped for years
/// are supported: boot protocol 2.12 or later, loaded high.
final class PatchedKernel {
  private static final int LEAST_BYTES = 0x1000;
  private static final int HEADER_MAGIC = 0x202;
  private static final long MAGIC = 0x53726448; // HdrS
  private static final int PROTOCOL = 0x206;
  private static final int LEAST_PROTOCOL = 0x20c;
  private static final int LOADER_TYPE = 0x210;
  private static final int LOAD_FLAGS = 0x211;
  private static final int INITRD_ADDRESS = 0x218;
  private static final int INITRD_BYTES = 0x21c;
  private static final int HEAP_END = 0x224;
  private static final int COMMAND_LINE = 0x228;
  private static final int XLOAD_FLAGS = 0x236;

  private static final int QEMU = 0xb0;
  private static final int LOADED_HIGH = 0x01;
  private static final int CAN_USE_HEAP = 0x80;
  private static final int ABOVE_4G = 0x02;
  private static final int REAL_ADDRESS = 0x10000;
  private static final int COMMAND_LINE_ADDRESS = 0x20000;

  /// Where an initrd may end with a kernel that cannot take it above 4 GiB.
  private static final long INITRD_END_BELOW_4G = 0x37ffffff;

  /// What QEMU's PC machines keep free below the end of low memory for ACPI tables.
  private static final long ACPI_BYTES = 0x28000;

  /// The memory from which on a q35 machine has less of it below 4 GiB.
  private static final long MUCH_MEMORY = 0xb0000000L;

  private static final long LOW_OF_MUCH = 0x80000000L;

  private PatchedKernel() {}

  /// Returns the kernel as it is in the guest.
  ///
  /// @param initrdBytes the length of the initrd, 0 if there is none
  /// @param memory the memory of a machine of QEMU's type q35, in bytes
  static Octets of(Octets kernel, long initrdBytes, long memory) throws VmException {
    var file = HostileBytes.of("the kernel", kernel, PeFile.MOST_BYTES);
    if (file.length() < LEAST_BYTES || file.u32(HEADER_MAGIC, "its setup header") != MAGIC) {
      throw file.malformed("it has no setup header of Linux");
    }
    var loadFlags = kernel.u8(LOAD_FLAGS);
    if (kernel.u16(PROTOCOL) < LEAST_PROTOCOL || (loadFlags & LOADED_HIGH) == 0) {
      throw file.unsupported(
          "its boot protocol is 0x%x; 0x%x is the least"
              .formatted(kernel.u16(PROTOCOL), LEAST_PROTOCOL));
    }
    var patched = ByteBuffer.wrap(kernel.toBytes()).order(ByteOrder.LITTLE_ENDIAN);
    patched.put(LOADER_TYPE, (byte) QEMU);
    patched.put(LOAD_FLAGS, (byte) (loadFlags | CAN_USE_HEAP));
    patched.putInt(HEAP_END, COMMAND_LINE_ADDRESS - REAL_ADDRESS - 0x200);
    patched.putInt(COMMAND_LINE, COMMAND_LINE_ADDRESS);
    if (initrdBytes > 0) {
      patched.putInt(INITRD_ADDRESS, (int) initrdAddress(kernel, initrdBytes, memory));
      patched.putInt(INITRD_BYTES, (int) initrdBytes);
    }
    return Octets.of(patched.array());
  }

  private static long initrdAddress(Octets kernel, long initrdBytes, long memory)
      throws VmException {
    var low = memory < MUCH_MEMORY ? memory : LOW_OF_MUCH;
    var most =
        (kernel.u16(XLOAD_FLAGS) & ABOVE_4G) != 0
            ? Integer.toUnsignedLong(-1)
            : INITRD_END_BELOW_4G;
    var end = Math.min(most, low - ACPI_BYTES - 1);
    if (initrdBytes >= end) {
      throw VmException.tooLarge(
          "the initrd of %d bytes does not fit into a memory of %d bytes"
              .formatted(initrdBytes, memory));
    }
    return (end - initrdBytes) & ~4095L;
  }
}
