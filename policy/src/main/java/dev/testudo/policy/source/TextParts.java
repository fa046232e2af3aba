package dev.testudo.policy.source;

/// Finds where parts of a value are written: the n-th occurrence in the value is the n-th in the
/// source. It remembers its position, so asking from left to right takes time linear in the
/// length of the text.
public final class TextParts {
  private final String value;
  private final Span span;
  private final String written;
  private int seenInValue;
  private int seenInSource;

  TextParts(Text text) {
    this.value = text.value();
    this.span = text.span();
    this.written = span.text();
  }

  /// Returns the place of the characters `from` up to, but not including, `to` of the value. The
  /// place is exact if they occur literally in the source; else it is that of the whole value.
  public Span part(int from, int to) {
    if (from == to) {
      return span;
    }
    if (from < seenInValue) {
      seenInValue = 0;
      seenInSource = 0;
    }
    var piece = value.substring(from, to);
    var found = written.indexOf(piece, seenInSource);
    for (var before = value.indexOf(piece, seenInValue); before < from && found >= 0; ) {
      found = written.indexOf(piece, found + 1);
      before = value.indexOf(piece, before + 1);
    }
    if (found < 0) {
      return span;
    }
    seenInValue = from;
    seenInSource = found;
    var start = span.start() + found;
    return span.source().span(start, start + piece.length());
  }
}
