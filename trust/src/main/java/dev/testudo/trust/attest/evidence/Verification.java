package dev.testudo.trust.attest.evidence;

import dev.testudo.policy.evidence.EvidenceClaims;
import java.util.List;
import java.util.Set;

/// The result of verifying evidence.
public sealed interface Verification {
  /// Returns what was checked, in order. The last check of a rejection is the one that failed; it
  /// is not in the list.
  List<Passed> checks();

  /// The evidence is genuine.
  ///
  /// @param claims its claims; only a policy decides whether they suffice
  /// @param detail a few words about what the claims were derived from, for those who may
  ///     read the policy
  record Verified(EvidenceClaims claims, String detail, List<Passed> checks)
      implements Verification {
    /// Copies the list.
    public Verified {
      checks = List.copyOf(checks);
    }
  }

  /// The evidence is rejected. No claim of it may be used.
  ///
  /// @param reason what is wrong, in one line
  /// @param missing what is needed for a decision; only if `id` is
  ///     [RejectionId#COLLATERAL_MISSING]
  record Rejected(RejectionId id, String reason, Set<DocumentId> missing, List<Passed> checks)
      implements Verification {
    /// Copies the collections.
    public Rejected {
      missing = Set.copyOf(missing);
      checks = List.copyOf(checks);
    }
  }

  /// A check that the evidence passed.
  ///
  /// @param result what was found, in a few words
  record Passed(Check check, String result) {}
}
