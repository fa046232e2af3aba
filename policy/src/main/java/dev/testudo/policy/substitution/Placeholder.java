package dev.testudo.policy.substitution;

import dev.testudo.policy.source.Span;

/// A placeholder `$$SCONE::name:format|escape(json)$$`, which a secret's value
/// replaces at run time.
///
/// @param escapeJson true if the value is escaped for the inside of a JSON string
/// @param span where it is written
public record Placeholder(SecretName secret, SecretFormat format, boolean escapeJson, Span span)
    implements RuntimeTemplate.Part {}
