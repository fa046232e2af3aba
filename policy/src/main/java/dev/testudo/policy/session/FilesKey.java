package dev.testudo.policy.session;

import dev.testudo.policy.source.Span;
import dev.testudo.policy.substitution.RuntimeTemplate;
import java.util.Optional;

/// The key of protected files as a policy gives it, and the tag of their state. Its text form never
/// contains the key.
///
/// @param template 64 hexadecimal digits, or a placeholder for 32 bytes
/// @param span where the key is written
/// @param tag 32 lower-case hexadecimal digits; empty if any state is accepted
public record FilesKey(RuntimeTemplate template, Span span, Optional<String> tag) {
  /// The length of a key in bytes.
  public static final int BYTES = 32;

  @Override
  public String toString() {
    return "FilesKey[%s]".formatted(span.place());
  }
}
