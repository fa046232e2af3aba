package dev.testudo.policy.session;

import dev.testudo.policy.source.Span;
import dev.testudo.policy.source.Text;
import dev.testudo.policy.substitution.RuntimeTemplate;

/// The value of an environment variable.
public sealed interface Variable {
  /// A value of the policy.
  ///
  /// @param written the value as the policy has it
  /// @param template the same value, into which CAS inserts secrets
  record Given(Text written, RuntimeTemplate template) implements Variable {}

  /// The value of the variable of that name with which the agent is started. Attestation does not
  /// cover it.
  record FromHost(Span span) implements Variable {}
}
