package dev.testudo.policy.source;

/// The line of a marked place as it is shown: whole, or cut around the place if it is long.
///
/// @param text the line, or a part of it between `…`, without tabs
/// @param before the number of code points before the marked part
/// @param marked the number of code points in the marked part, at least one; of a part that spans
///     lines only the first line is marked
record Excerpt(String text, int before, int marked) {
  /// The most characters of a line that are shown.
  static final int WIDTH = 200;

  /// The most characters before the place in a line that is cut there.
  private static final int LEAD = 60;

  private static final String CUT = "…";

  static Excerpt of(Span span) {
    var shown = span.source().shown().orElse("");
    var lineStart = Math.min(span.lineStart(), shown.length());
    var stop = span.source().text().indexOf('\n', span.start());
    var lineEnd = stop < 0 ? shown.length() : Math.min(stop, shown.length());
    var place = Math.clamp(span.start(), lineStart, lineEnd);
    var from = place - lineStart <= WIDTH - LEAD ? lineStart : whole(shown, place - LEAD);
    var to = lineEnd - from <= WIDTH ? lineEnd : whole(shown, from + WIDTH);
    var lead = from == lineStart ? "" : CUT;
    var part = shown.substring(from, to).stripTrailing();
    var marked = Math.clamp(span.end(), place, Math.max(place, from + part.length()));
    return new Excerpt(
        lead + Printable.of(part).replace('\t', ' ') + (to == lineEnd ? "" : CUT),
        lead.length() + width(shown.substring(from, place)),
        Math.max(1, width(shown.substring(place, marked))));
  }

  private static int width(String text) {
    return (int) Printable.of(text).codePoints().count();
  }

  /// Returns the offset, or the one before it if it would split a surrogate pair.
  private static int whole(String text, int offset) {
    return Character.isLowSurrogate(text.charAt(offset)) ? offset - 1 : offset;
  }
}
