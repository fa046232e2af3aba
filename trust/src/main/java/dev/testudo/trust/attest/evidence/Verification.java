package dev.testudo.trust.attest.evidence;

import dev.testudo.policy.decision.EvidenceClaims;

/// The result of verifying evidence.
public sealed interface Verification {
  /// The evidence is genuine.
  ///
  /// @param claims its claims; only a policy decides whether they suffice
  /// @param detail a few words about what the claims were derived from, for those who may
  ///     read the policy
  record Verified(EvidenceClaims claims, String detail) implements Verification {}

  /// The evidence is rejected.
  ///
  /// @param reason what is wrong, in one line
  record Rejected(RejectionId id, String reason) implements Verification {}

  /// The reasons for rejection.
  enum RejectionId {
    /// The evidence is bound to another key or another nonce.
    NOT_BOUND
  }
}
