package dev.testudo.policy.source;

/// A part of a source, given by offsets into its text.
///
/// @param start offset of the first character (UTF-16 code units)
/// @param end offset behind the last character
public record Span(SourceFile source, int start, int end) {
  public Span {
    if (start < 0 || end < start || end > source.text().length()) {
      throw new IllegalArgumentException(
          "span %d..%d outside of %s (%d characters)"
              .formatted(start, end, source.name(), source.text().length()));
    }
  }

  /// The line of the first character, counted from 1.
  public int line() {
    return source.line(start);
  }

  /// The column of the first character, counted from 1 in code points.
  public int column() {
    return source.text().codePointCount(lineStart(), start) + 1;
  }

  /// `name:line:column`, as editors understand it.
  public String place() {
    return source.name() + ":" + line() + ":" + column();
  }

  /// What is written there.
  public String text() {
    return source.text().substring(start, end);
  }

  /// True if this is a part of `other`, or the whole of it.
  public boolean isWithin(Span other) {
    return source.equals(other.source) && other.start <= start && end <= other.end;
  }

  /// True if what is written there may be shown as it is.
  boolean isShown() {
    return source.shown().filter(s -> s.startsWith(text(), start)).isPresent();
  }

  /// True if diagnostics show no character of what is written there.
  public boolean isHidden() {
    return source
        .shown()
        .filter(s -> !s.substring(start, end).chars().allMatch(SourceFile::isHidden))
        .isEmpty();
  }

  /// Offset of the first character of the line that holds the first character.
  int lineStart() {
    return source.lineStart(line());
  }

  /// The place alone: the text may be secret.
  @Override
  public String toString() {
    return place();
  }
}
