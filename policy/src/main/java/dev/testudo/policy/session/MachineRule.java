package dev.testudo.policy.session;

import dev.testudo.policy.evidence.Isolation;
import dev.testudo.policy.source.Span;

/// What a virtual machine must be.
public sealed interface MachineRule permits TdxRule, SnpRule, TpmRule {
  /// Returns the kind of evidence that can satisfy the rule.
  Isolation kind();

  /// Returns true if the rule demands nothing of what the machine runs.
  boolean isEmpty();

  /// Returns where the rule is written.
  Span span();
}
