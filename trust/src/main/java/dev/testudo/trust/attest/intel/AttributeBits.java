package dev.testudo.trust.attest.intel;

import dev.testudo.trust.attest.evidence.Field;
import dev.testudo.trust.attest.evidence.Octets;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/// The bits of an attribute field that have a name.
enum AttributeBits {
  /// ATTRIBUTES of enclaves ("Intel 64 and IA-32 Architectures Software Developer's Manual", volume
  /// 3D, section 36.7.1).
  SGX,
  /// TDATTRIBUTES of domains ("Intel TDX Module ABI Reference", section 3.4.1; the names are those
  /// of Linux, `arch/x86/include/asm/shared/tdx.h`).
  TDX;

  private record Bit(int number, String name, String meaning) {}

  private List<Bit> bits() {
    return switch (this) {
      case SGX ->
          List.of(
              new Bit(0, "INIT", "initialised"),
              new Bit(1, "DEBUG", "the host can read and change the enclave"),
              new Bit(2, "MODE64BIT", "64-bit mode"),
              new Bit(4, "PROVISIONKEY", "may use the provisioning key"),
              new Bit(5, "EINITTOKENKEY", "may use the launch key"),
              new Bit(6, "CET", "control-flow enforcement"),
              new Bit(7, "KSS", "key separation and sharing"),
              new Bit(10, "AEXNOTIFY", "is told of asynchronous exits"));
      case TDX ->
          List.of(
              new Bit(0, "DEBUG", "the host can read and change the domain"),
              new Bit(4, "HGS_PLUS_PROF", "the host can profile the domain (HGS+)"),
              new Bit(5, "PERF_PROF", "the host can profile the domain (performance counters)"),
              new Bit(6, "PMT_PROF", "the host can profile the domain (telemetry)"),
              new Bit(27, "LASS", "linear address space separation"),
              new Bit(28, "SEPT_VE_DISABLE", "pages that are taken away cause no exception"),
              new Bit(29, "MIGRATABLE", "the host can migrate the domain to another machine"),
              new Bit(30, "PKS", "protection keys for supervisor pages"),
              new Bit(31, "KL", "Key Locker"),
              new Bit(62, "TPA", "the domain is a provisioning agent of TDX Connect"),
              new Bit(63, "PERFMON", "performance counters"));
    };
  }

  private static boolean isSet(Octets value, int bit) {
    return (value.u8(bit / 8) >>> (bit % 8) & 1) == 1;
  }

  /// Returns the names of the bits that are set.
  String summary(Octets value) {
    return bits().stream()
        .filter(bit -> isSet(value, bit.number))
        .map(Bit::name)
        .collect(Collectors.joining(", "));
  }

  /// Returns every bit that has a name, and those that are set without one.
  List<Field> describe(Octets value) {
    var fields = new ArrayList<Field>();
    for (var bit : bits()) {
      fields.add(Field.of(bit.name, isSet(value, bit.number) ? "1" : "0", bit.meaning));
    }
    // The second half of ATTRIBUTES is XFRM, which has other bits.
    for (var i = 0; i < 64; i++) {
      var number = i;
      if (isSet(value, i) && bits().stream().noneMatch(bit -> bit.number == number)) {
        fields.add(Field.of("bit " + i, "1", "not known here"));
      }
    }
    if (this == SGX) {
      fields.add(IntelFields.hex("XFRM", value.slice(8, 8), "processor features that it may use"));
    }
    return fields;
  }
}
