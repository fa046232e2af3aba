package dev.testudo.policy.source;

/// A value and the place where it was written. The two differ if the notation has quotes, escapes
/// or indentation, or if placeholders were replaced.
///
/// @param value the value itself
/// @param span where it is written
public record Text(String value, Span span) {

  /// Returns the whole text of a source as a value.
  public static Text of(SourceFile source) {
    return new Text(source.text(), source.whole());
  }

  /// Returns another value with the same place.
  public Text withValue(String other) {
    return new Text(other, span);
  }

  /// Returns the place of the characters `from` up to, but not including, `to` of the value. The
  /// place is exact if they occur literally in the source; else it is that of the whole value.
  public Span part(int from, int to) {
    return parts().part(from, to);
  }

  /// Returns a finder for the places of several parts, best asked from left to right.
  public TextParts parts() {
    return new TextParts(this);
  }

  /// Returns the value for a message, or only `…` if diagnostics hide its place: an author may
  /// write a secret where none is expected.
  public String quotable() {
    return value.isEmpty() || !span.isHidden() ? value : "…";
  }

  /// Returns the value, or only its place if the value is secret.
  @Override
  public String toString() {
    return span.isShown() ? value : "Text[" + span.place() + "]";
  }
}
