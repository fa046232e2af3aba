package dev.testudo.trust.attest.evidence;

import dev.testudo.policy.decision.EvidenceClaims;

/// The result of verifying evidence.
public sealed interface Verification {
  /// The evidence is what it says it is.
  ///
  /// @param claims what it says; only a policy decides whether that is enough
  /// @param detail a few words for whoever may read the policy: what the claims were derived from
  record Verified(EvidenceClaims claims, String detail) implements Verification {}

  /// The evidence proves nothing.
  ///
  /// @param reason one line: what is wrong
  record Rejected(RejectionId id, String reason) implements Verification {}

  /// Why evidence was rejected.
  enum RejectionId {
    /// It was made for another key or another nonce.
    NOT_BOUND
  }
}
