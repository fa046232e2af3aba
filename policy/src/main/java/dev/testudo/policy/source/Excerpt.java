package dev.testudo.policy.source;

/// The line of a marked place as it is shown: whole, or cut around the place if it is long.
///
/// @param text the line, or a part of it between `…`, without tabs
/// @param before code points in front of the marked part
/// @param marked code points of the marked part, at least one; only the first line of a long
///     part is marked
record Excerpt(String text, int before, int marked) {
  /// Characters of a line that are shown.
  static final int WIDTH = 200;

  /// Of these, how many stand in front of the place.
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

  /// The offset itself, or the one before it if it splits a code point.
  private static int whole(String text, int offset) {
    return Character.isLowSurrogate(text.charAt(offset)) ? offset - 1 : offset;
  }
}
