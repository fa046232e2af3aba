package dev.testudo.vm.measure.snp;

/// What of a virtual machine is measured besides firmware and kernel. The size of its memory is
/// not.
///
/// @param vmm what launches it
/// @param vcpus the number of its processors, 1 to 512
/// @param cpu their signature, which only QEMU gives to them
/// @param features SEV_FEATURES: bit 0 is SEV-SNP itself; the others depend on the host's kernel
public record LaunchShape(Vmm vmm, int vcpus, CpuSignature cpu, long features) {
  /// The most processors.
  public static final int MOST_VCPUS = 512;

  /// SEV_FEATURES of a guest without any other feature.
  public static final long SNP_ONLY = 1;

  /// Checks the number of processors, and that SEV-SNP is on.
  ///
  /// @throws IllegalArgumentException if one is wrong
  public LaunchShape {
    if (vcpus < 1 || vcpus > MOST_VCPUS) {
      throw new IllegalArgumentException(
          "%d processors; 1 to %d are possible".formatted(vcpus, MOST_VCPUS));
    }
    if ((features & SNP_ONLY) == 0) {
      throw new IllegalArgumentException("bit 0 of SEV_FEATURES is not set, which is SEV-SNP");
    }
  }
}
