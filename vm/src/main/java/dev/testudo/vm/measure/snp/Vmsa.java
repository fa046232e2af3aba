package dev.testudo.vm.measure.snp;

import dev.testudo.trust.attest.evidence.Octets;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/// The page with the first registers of a processor, as KVM and the monitor fill it (AMD's
/// architecture manual, volume 2, table B-4). What is not set here is zero.
final class Vmsa {
  private static final int PAGE = 4096;
  private static final long RESET = 0xfffffff0L;

  private static final int ALL_SEGMENTS_LIMIT = 0xffff;
  private static final int DATA = 0x93;
  private static final int LDT = 0x82;

  /// The code segment of processors but the first, with each monitor.
  private static final int CODE = 0x9b;

  /// The value of RDX where the monitor does not give the signature of the processor: what an
  /// Intel processor has after a reset.
  private static final long RDX_AFTER_RESET = 0x600;

  private Vmsa() {}

  /// Returns the page of the first processor, which starts at the reset vector of all x86.
  static Octets first(LaunchShape shape) {
    return page(shape, RESET, shape.vmm().registers().code());
  }

  /// Returns the page of every other processor.
  ///
  /// @param start where it starts
  static Octets other(LaunchShape shape, long start) {
    return page(shape, start, CODE);
  }

  private static Octets page(LaunchShape shape, long start, int code) {
    var registers = shape.vmm().registers();
    var page = ByteBuffer.allocate(PAGE).order(ByteOrder.LITTLE_ENDIAN);
    segment(page, 0x00, 0, DATA, 0); // ES
    segment(page, 0x10, 0xf000, code, start & 0xffff0000L); // CS
    segment(page, 0x20, 0, registers.stack(), 0); // SS
    segment(page, 0x30, 0, DATA, 0); // DS
    segment(page, 0x40, 0, DATA, 0); // FS
    segment(page, 0x50, 0, DATA, 0); // GS
    segment(page, 0x60, 0, 0, 0); // GDTR
    segment(page, 0x70, 0, LDT, 0); // LDTR
    segment(page, 0x80, 0, 0, 0); // IDTR
    segment(page, 0x90, 0, registers.task(), 0); // TR
    page.putLong(0xd0, 0x1000); // EFER: SVME
    page.putLong(0x148, 0x40); // CR4: MCE
    page.putLong(0x158, 0x10); // CR0: ET
    page.putLong(0x160, 0x400); // DR7
    page.putLong(0x168, 0xffff0ff0L); // DR6
    page.putLong(0x170, 0x2); // RFLAGS
    page.putLong(0x178, start & 0xffff); // RIP
    page.putLong(0x268, registers.pat());
    page.putLong(0x310, rdx(shape));
    page.putLong(0x3b0, shape.features()); // SEV_FEATURES
    page.putLong(0x3e8, 0x1); // XCR0: x87
    page.putInt(0x408, registers.mxcsr());
    page.putShort(0x410, (short) registers.x87Control());
    return Octets.of(page.array());
  }

  private static long rdx(LaunchShape shape) {
    return switch (shape.vmm()) {
      case QEMU -> shape.cpu().value();
      case EC2, GCE -> RDX_AFTER_RESET;
    };
  }

  private static void segment(ByteBuffer page, int at, int selector, int attributes, long base) {
    page.putShort(at, (short) selector)
        .putShort(at + 2, (short) attributes)
        .putInt(at + 4, ALL_SEGMENTS_LIMIT)
        .putLong(at + 8, base);
  }
}
