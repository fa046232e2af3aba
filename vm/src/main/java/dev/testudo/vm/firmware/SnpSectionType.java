package dev.testudo.vm.firmware;

import java.util.Arrays;
import java.util.Optional;

/// What a range of memory is for that the firmware wants prepared before a SEV-SNP guest starts.
/// See edk2, `OvmfPkg/ResetVector/X64/OvmfSevMetadata.asm`.
public enum SnpSectionType {
  /// Memory of zeros.
  MEMORY(1, false),
  /// The page with the guest's secrets.
  SECRETS(2, true),
  /// The page with the results of CPUID.
  CPUID(3, true),
  /// The calling area of a secure VM service module.
  SVSM_CALLING_AREA(4, false),
  /// The page with the hashes of kernel, initrd and command line.
  KERNEL_HASHES(0x10, true);

  private final int code;
  private final boolean onePage;

  SnpSectionType(int code, boolean onePage) {
    this.code = code;
    this.onePage = onePage;
  }

  /// Returns whether such a section is a single page.
  boolean isOnePage() {
    return onePage;
  }

  static Optional<SnpSectionType> of(long code) {
    return Arrays.stream(values()).filter(type -> type.code == code).findFirst();
  }
}
