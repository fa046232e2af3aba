package dev.testudo.policy.shield;

import dev.testudo.policy.source.Diagnostic;
import dev.testudo.policy.source.SourceFile;
import dev.testudo.policy.source.Span;
import dev.testudo.policy.source.Text;

/// The value of a shield variable that holds keys or certificates. It never prints.
public final class ShieldValue {
  private final String variable;
  private final Text written;

  private ShieldValue(String variable, Text written) {
    this.variable = variable;
    this.written = written;
  }

  /// The value of the variable `name`, whose place is `env:NAME`.
  public static ShieldValue of(String name, String value) {
    return new ShieldValue(name, Text.of(SourceFile.confidential("env:" + name, value)));
  }

  /// The same for a value that is written in a file. Its place there is told if diagnostics about
  /// the file do not show it.
  static ShieldValue of(String name, Text written) {
    return written.span().isHidden() ? new ShieldValue(name, written) : of(name, written.value());
  }

  /// The value itself: PEM blocks.
  public String text() {
    return written.value();
  }

  /// A part of the value, for diagnostics; at least one character of it.
  public Span span(int start, int end) {
    var last = Math.max(end, Math.min(start + 1, text().length()));
    return written.part(start, last);
  }

  /// What `diagnostic` says, with the name of the variable where the place does not tell it.
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
