package dev.testudo.policy.yaml;

import dev.testudo.policy.schema.Vocabulary;
import dev.testudo.policy.source.SourceFile;
import dev.testudo.policy.source.Span;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/// Finds what to hide in a text that is not YAML, so that nobody knows which value belongs to which
/// key. A line is shown only if it begins with a key that never stands before a secret, up to
/// anything else that might be a key.
final class BrokenText {
  /// A key at the beginning of a line, within lists.
  private static final Pattern FIRST =
      Pattern.compile("^(?<indent> *)[\\s-]*[\"']?(?<key>[A-Za-z_][A-Za-z0-9_-]*)[\"']?\\s*:");

  /// Something that could be a key, or a word that is one although its colon is missing.
  private static final Pattern LATER =
      Pattern.compile("(?<key>[^\\s:{},\\[\\]\"']*)[\"']?\\s*(?<colon>:)|(?<word>[A-Za-z0-9_-]+)");

  private static final String PEM = "-----BEGIN";

  private final SourceFile source;
  private final Vocabulary words;
  private final List<Span> hidden = new ArrayList<>();

  /// The indentation of the last key with a secret; deeper lines belong to it.
  private int secretIndent = Integer.MAX_VALUE;

  private BrokenText(SourceFile source, Vocabulary words) {
    this.source = source;
    this.words = words;
  }

  static List<Span> hidden(SourceFile source, Vocabulary words) {
    var broken = new BrokenText(source, words);
    var text = source.text();
    for (var start = 0; start < text.length(); ) {
      var stop = text.indexOf('\n', start);
      var end = stop < 0 ? text.length() : stop;
      broken.line(start, text.substring(start, end));
      start = end + 1;
    }
    return broken.hidden;
  }

  private void line(int start, String line) {
    var shown = shownUpTo(line);
    if (shown < line.length()) {
      hidden.add(source.span(start + shown, start + line.length()));
    }
  }

  /// Returns the number of characters at the beginning of a line that may be shown.
  private int shownUpTo(String line) {
    var first = FIRST.matcher(line);
    if (!first.find()) {
      return 0;
    }
    var indent = first.group("indent").length();
    if (indent > secretIndent) {
      return 0;
    }
    secretIndent = Integer.MAX_VALUE;
    var key = first.group("key");
    if (!words.isShown(key)) {
      secretIndent = indent;
      return words.isSecret(key) ? first.end() : 0;
    }
    var later = LATER.matcher(line);
    for (var from = first.end(); later.find(from); from = later.end()) {
      var doubtful = doubtful(later);
      if (doubtful >= 0) {
        secretIndent = indent;
        return doubtful;
      }
    }
    return firstOf(line, PEM, "{", "[", " #", "\t#");
  }

  /// Returns the offset of the first mark in a line: what follows `{` may belong to any key, and a
  /// comment may keep an earlier value.
  private static int firstOf(String line, String... marks) {
    return Stream.of(marks)
        .mapToInt(line::indexOf)
        .filter(found -> found >= 0)
        .min()
        .orElse(line.length());
  }

  /// Returns the offset from which on nothing may be shown, or -1 if the match is harmless.
  private int doubtful(Matcher later) {
    if (later.group("word") != null) {
      return words.isSecret(later.group("word")) ? later.end() : -1;
    }
    var key = later.group("key");
    if (words.isShown(key)) {
      return -1;
    }
    return words.isSecret(key) ? later.end() : later.start();
  }
}
