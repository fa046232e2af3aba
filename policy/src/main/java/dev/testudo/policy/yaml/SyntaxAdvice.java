package dev.testudo.policy.yaml;

import java.util.Optional;

/// Wording and advice for the most common mistakes in YAML syntax.
final class SyntaxAdvice {
  private SyntaxAdvice() {}

  /// Returns the parser's message in the style of our diagnostics.
  static String wording(String problem) {
    var text = problem.replace("'\\t(TAB)'", "tab").replace('\'', '`');
    // Drop the trailing code point number: it says little, and the character before it
    // may be a line break.
    text = text.replaceAll("\\s+\\([0-9]+\\)$", "").strip();
    var sentence = text.indexOf(". (");
    text = sentence < 0 ? text : text.substring(0, sentence);
    // A secret that begins with `!` or `*` is taken for such a name.
    text = text.replaceAll("(tag handle|alias|anchor|tag) [^`]*$", "$1");
    return text.endsWith(".") ? text.substring(0, text.length() - 1) : text;
  }

  static Optional<String> forProblem(String problem) {
    if (problem.contains("TAB")) {
      return Optional.of("indent with spaces; tabs cannot indent YAML");
    }
    if (problem.contains("mapping values are not allowed")) {
      return Optional.of("quote the value if it contains `: `, or check the indentation");
    }
    if (problem.contains("cannot start any token") || problem.contains("unexpected character")) {
      return Optional.of("quote the value: \"…\"");
    }
    if (problem.contains("block end")) {
      return Optional.of("check that the entries of one list or section are indented alike");
    }
    return Optional.empty();
  }
}
