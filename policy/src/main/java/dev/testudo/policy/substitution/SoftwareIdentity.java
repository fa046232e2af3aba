package dev.testudo.policy.substitution;

import dev.testudo.policy.source.Span;

/// The placeholder `$$SCONE::self::software_identity$$`, which the measurement of the service
/// replaces that gets the text: 64 lower-case hexadecimal digits.
///
/// @param span where it is written
public record SoftwareIdentity(Span span) implements RuntimeTemplate.Part {
  /// What stands between `$$SCONE::` and `$$`.
  static final String NAME = "self::software_identity";

  static final String WRITTEN = "$$SCONE::" + NAME + "$$";
}
