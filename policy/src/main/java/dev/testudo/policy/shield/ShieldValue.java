package dev.testudo.policy.shield;

import dev.testudo.policy.source.Diagnostic;
import dev.testudo.policy.source.SourceFile;
import dev.testudo.policy.source.Span;
import dev.testudo.policy.source.Text;

/// The value of a shield variable that consists of keys or certificates. Its text form never
/// contains the value.
public final class ShieldValue {
  private final String variable;
  private final Text written;

  private ShieldValue(String variable, Text written) {
    this.variable = variable;
    this.written = written;
  }

  /// Returns the value of the variable `name`, with the place `env:NAME`.
  public static ShieldValue of(String name, String value) {
    return new ShieldValue(name, Text.of(SourceFile.confidential("env:" + name, value)));
  }

  /// Returns a value that is written in a file. Its place in the file is used only if diagnostics
  /// about the file mask it there.
  static ShieldValue of(String name, Text written) {
    return written.span().isHidden() ? new ShieldValue(name, written) : of(name, written.value());
  }

  /// Returns the value itself: PEM blocks.
  public String text() {
    return written.value();
  }

  /// Returns the place of a part of the value, of at least one character.
  public Span span(int start, int end) {
    var last = Math.max(end, Math.min(start + 1, text().length()));
    return written.part(start, last);
  }

  /// Returns the diagnostic with the name of the variable, unless its place already names it.
  public Diagnostic about(Diagnostic diagnostic) {
    return diagnostic.span().source().confidential()
        ? diagnostic
        : diagnostic.labelled("in `%s`".formatted(variable));
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof ShieldValue value
        && variable.equals(value.variable)
        && text().equals(value.text());
  }

  @Override
  public int hashCode() {
    return variable.hashCode();
  }

  @Override
  public String toString() {
    return "ShieldValue[" + variable + "]";
  }
}
