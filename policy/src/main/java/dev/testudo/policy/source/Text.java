package dev.testudo.policy.source;

/// A value and the place where it was written. The two differ where the notation has quotes,
/// escapes, indentation or placeholders that were replaced.
///
/// @param value what is meant
/// @param span where it is written
public record Text(String value, Span span) {

  /// A whole source as a value.
  public static Text of(SourceFile source) {
    return new Text(source.text(), source.whole());
  }

  /// The same place with another value.
  public Text withValue(String other) {
    return new Text(other, span);
  }

  /// Where the characters `from` up to `to` of the value are written: exactly, if they appear
  /// literally in the source; else the place of the whole value.
  public Span part(int from, int to) {
    return parts().part(from, to);
  }

  /// The places of several parts, asked for from left to right.
  public TextParts parts() {
    return new TextParts(this);
  }

  /// The value, unless it is secret.
  @Override
  public String toString() {
    return span.isShown() ? value : "Text[" + span.place() + "]";
  }
}
