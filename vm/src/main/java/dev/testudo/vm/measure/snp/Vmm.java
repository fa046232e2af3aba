package dev.testudo.vm.measure.snp;

/// The virtual machine monitor that launches a guest. Each begins with other registers and prepares
/// the sections of the firmware in another way.
///
/// The differences were found with the cases of virtee/sev-snp-measure, which this project
/// recomputes.
public enum Vmm {
  QEMU,
  /// Amazon EC2.
  EC2,
  /// Google Compute Engine.
  GCE;

  private static final long PAT_AFTER_RESET = 0x0007_0406_0007_0406L;

  FirstRegisters registers() {
    return switch (this) {
      case QEMU -> new FirstRegisters(0x9b, 0x93, 0x8b, 0x1f80, 0x37f, PAT_AFTER_RESET);
      case EC2 -> new FirstRegisters(0x9a, 0x92, 0x83, 0, 0, PAT_AFTER_RESET);
      case GCE -> new FirstRegisters(0x9b, 0x93, 0x8b, 0, 0, 0x7_0106L);
    };
  }

  /// What differs between the monitors in the first registers of a processor.
  ///
  /// @param code attributes of the code segment of the first processor
  /// @param stack attributes of the stack segment
  /// @param task attributes of the task segment
  /// @param mxcsr control and status of SSE
  /// @param x87Control control word of the x87 unit
  /// @param pat page attribute table
  record FirstRegisters(int code, int stack, int task, int mxcsr, int x87Control, long pat) {}
}
