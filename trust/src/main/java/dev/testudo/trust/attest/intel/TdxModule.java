package dev.testudo.trust.attest.intel;

import dev.testudo.trust.attest.evidence.Octets;
import java.util.List;

/// How a TDX module must be, according to TCB info.
///
/// @param id `TDX_` and its major version, two upper-case hexadecimal digits; for version 0
///     [TcbInfo#MODULE_0]
/// @param mrsigner what MRSIGNERSEAM must be, 48 bytes
/// @param attributes what SEAMATTRIBUTES must be where the mask has ones, 8 bytes
/// @param levels the highest first; none for version 0, which has no version of its own
record TdxModule(
    String id, Octets mrsigner, Octets attributes, Octets attributesMask, List<SvnLevel> levels) {
  /// Copies the list.
  TdxModule {
    levels = List.copyOf(levels);
  }
}
