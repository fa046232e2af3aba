package dev.testudo.policy.session;

import dev.testudo.policy.source.Text;
import dev.testudo.policy.substitution.RuntimeTemplate;

/// The value of an environment variable.
///
/// @param written the value as the policy has it
/// @param template the same value, into which CAS inserts secrets
public record Variable(Text written, RuntimeTemplate template) {}
