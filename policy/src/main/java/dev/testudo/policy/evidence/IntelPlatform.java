package dev.testudo.policy.evidence;

import java.util.Optional;

/// An Intel platform that made a quote.
///
/// @param pck what its PCK certificate says
/// @param qeId the id of its quoting enclave, 16 bytes, as the header of the quote has it
/// @param tcb how good it is
public record IntelPlatform(Pck pck, String qeId, IntelTcb tcb, Endorsement endorsement) {

  /// What a PCK certificate says.
  ///
  /// @param fmspc the family of platforms that has the same TCB levels, 6 bytes
  /// @param ppid the id of the processor package, 16 bytes
  /// @param instanceId the id of the platform instance, 16 bytes; only platform CAs certify it
  /// @param smt whether several threads share a core; only platform CAs certify it
  public record Pck(
      String fmspc, String ppid, Optional<String> instanceId, Optional<Boolean> smt) {}
}
