package dev.testudo.policy.source;

/// A part of a source, given by offsets into its text.
///
/// @param start offset of the first character, in UTF-16 code units
/// @param end offset after the last character
public record Span(SourceFile source, int start, int end) {
  public Span {
    if (start < 0 || end < start || end > source.text().length()) {
      throw new IllegalArgumentException(
          "span %d..%d is outside %s (%d characters)"
              .formatted(start, end, source.name(), source.text().length()));
    }
  }

  /// Returns the line of the first character, counted from 1.
  public int line() {
    return source.line(start);
  }

  /// Returns the column of the first character, counted from 1 in code points.
  public int column() {
    return source.text().codePointCount(lineStart(), start) + 1;
  }

  /// Returns `name:line:column`, a form that editors understand.
  public String place() {
    return source.name() + ":" + line() + ":" + column();
  }

  /// Returns the text of the span.
  public String text() {
    return source.text().substring(start, end);
  }

  /// Returns true if this span is a part of `other` or equal to it.
  public boolean isWithin(Span other) {
    return source.equals(other.source) && other.start <= start && end <= other.end;
  }

  /// Returns true if diagnostics may show the text of the span as it is.
  boolean isShown() {
    return source.shown().filter(s -> s.startsWith(text(), start)).isPresent();
  }

  /// Returns true if diagnostics show no character of the span's text.
  public boolean isHidden() {
    return source
        .shown()
        .filter(s -> !s.substring(start, end).chars().allMatch(SourceFile::isHidden))
        .isEmpty();
  }

  /// Returns the offset of the first character of the line in which the span starts.
  int lineStart() {
    return source.lineStart(line());
  }

  /// Returns the place only: the text may be secret.
  @Override
  public String toString() {
    return place();
  }
}
