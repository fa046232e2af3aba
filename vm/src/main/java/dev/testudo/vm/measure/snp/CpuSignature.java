package dev.testudo.vm.measure.snp;

/// Family, model and stepping as CPUID says them: EAX of function 1 (AMD's CPUID specification,
/// 25481). QEMU puts it into RDX of each processor, so it is measured.
public record CpuSignature(int value) {
  private static final int EXTENDED = 0xf;

  /// Returns the signature of a family, model and stepping.
  ///
  /// @param family up to 270
  /// @param model up to 255
  /// @param stepping up to 15
  /// @throws IllegalArgumentException if one is larger or negative
  public static CpuSignature of(int family, int model, int stepping) {
    if (family < 0
        || family > EXTENDED + 0xff
        || model < 0
        || model > 0xff
        || stepping < 0
        || stepping > 0xf) {
      throw new IllegalArgumentException(
          "family %d, model %d, stepping %d".formatted(family, model, stepping));
    }
    var base = Math.min(family, EXTENDED);
    return new CpuSignature(
        (family - base) << 20 | model >> 4 << 16 | base << 8 | (model & 0xf) << 4 | stepping);
  }

  @Override
  public String toString() {
    return "0x%08x".formatted(value);
  }
}
