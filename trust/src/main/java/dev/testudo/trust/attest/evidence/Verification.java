package dev.testudo.trust.attest.evidence;

import dev.testudo.policy.evidence.EvidenceClaims;
import java.util.List;
import java.util.Set;

/// The result of verifying evidence.
public sealed interface Verification {
  /// Returns what was checked, in order. The last check of a rejection is the one that failed; it
  /// is not in the list.
  List<Checked> checks();

  /// The evidence is genuine.
  ///
  /// @param claims its claims; only a policy decides whether they suffice
  /// @param detail a few words about what the claims were derived from, for those who may
  ///     read the policy
  record Verified(EvidenceClaims claims, String detail, List<Checked> checks)
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
  record Rejected(RejectionId id, String reason, Set<DocumentId> missing, List<Checked> checks)
      implements Verification {
    /// Copies the collections.
    public Rejected {
      missing = Set.copyOf(missing);
      checks = List.copyOf(checks);
    }
  }

  /// A check that was made, or that could not be made.
  ///
  /// @param result what was found, or why it was not looked at, in a few words
  record Checked(Check check, Outcome outcome, String result) {}

  /// What became of a check.
  enum Outcome {
    /// The evidence passed it.
    PASSED("passed"),
    /// It is not required, and what it needs was not there.
    NOT_CHECKED("not checked");

    private final String text;

    Outcome(String text) {
      this.text = text;
    }

    @Override
    public String toString() {
      return text;
    }
  }
}
