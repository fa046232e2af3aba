package dev.testudo.policy.substitution;

import dev.testudo.policy.source.Span;

/// `$$SCONE::name:format|escape(json)$$`: a place where a secret's value goes at run time.
///
/// @param escapeJson true if the value is escaped as the inside of a JSON string
/// @param span where it is written
public record Placeholder(SecretName secret, SecretFormat format, boolean escapeJson, Span span)
    implements RuntimeTemplate.Part {}
