package dev.testudo.policy.yaml;

import java.util.Optional;

/// What to do about the mistakes in notation that people make most.
final class SyntaxAdvice {
  private SyntaxAdvice() {}

  /// The parser's message in our style.
  static String wording(String problem) {
    var text = problem.replace("'\\t(TAB)'", "tab").replace('\'', '`');
    // The number of a character says little, and the character itself may break the line.
    text = text.replaceAll("\\s+\\([0-9]+\\)$", "").strip();
    var sentence = text.indexOf(". (");
    text = sentence < 0 ? text : text.substring(0, sentence);
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
