package dev.testudo.policy.session;

import dev.testudo.policy.source.Span;
import dev.testudo.policy.substitution.RuntimeTemplate;

/// A word of a command line.
public sealed interface Argument {
  /// A word of the policy, into which CAS inserts secrets.
  record Given(RuntimeTemplate template) implements Argument {}

  /// An argument that the agent is started with, `@@N`. Attestation does not cover it.
  ///
  /// @param number its position among the host's arguments, from 1
  record FromHost(int number, Span span) implements Argument {}
}
