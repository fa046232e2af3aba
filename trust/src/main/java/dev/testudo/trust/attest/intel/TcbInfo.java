package dev.testudo.trust.attest.intel;

import java.util.List;
import java.util.Optional;

/// The TCB levels of a family of platforms (TCB info, version 3, of Intel's PCS API v4).
///
/// @param platform whose levels these are
/// @param evaluationNumber the TCB recovery event that it knows of
/// @param levels the highest first; at least one, no two with equal versions
/// @param modules what TDX modules must be; only for TDX
record TcbInfo(
    Platform platform,
    Period period,
    int evaluationNumber,
    List<TcbLevel> levels,
    List<TdxModule> modules) {
  /// Stands for modules before 1.5, which have no identity of their own.
  static final String MODULE_0 = "tdxModule";

  /// Copies the lists.
  TcbInfo {
    levels = List.copyOf(levels);
    modules = List.copyOf(modules);
  }

  /// A family of platforms, in lower-case hexadecimal digits.
  record Platform(String fmspc, String pceId) {}

  /// Returns what modules of a major version must be, if it is known.
  Optional<TdxModule> module(int major) {
    var id = major == 0 ? MODULE_0 : "TDX_%02X".formatted(major);
    return modules.stream().filter(m -> m.id().equals(id)).findFirst();
  }
}
