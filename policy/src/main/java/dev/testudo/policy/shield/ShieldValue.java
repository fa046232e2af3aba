package dev.testudo.policy.shield;

import dev.testudo.policy.source.SourceFile;
import dev.testudo.policy.source.Span;

/// The value of a shield variable that holds keys or certificates. It never prints.
///
/// @param source `env:NAME` with the value as text; confidential
public record ShieldValue(SourceFile source) {
  public ShieldValue {
    if (!source.confidential()) {
      throw new IllegalArgumentException(source.name() + " must be confidential");
    }
  }

  /// The value of the variable `name`.
  public static ShieldValue of(String name, String value) {
    return new ShieldValue(SourceFile.confidential("env:" + name, value));
  }

  /// The value itself: PEM blocks.
  public String text() {
    return source.text();
  }

  /// A part of the value, for diagnostics.
  public Span span(int start, int end) {
    return source.span(start, end);
  }

  @Override
  public String toString() {
    return "ShieldValue[" + source.name() + "]";
  }
}
