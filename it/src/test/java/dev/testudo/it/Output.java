package dev.testudo.it;

import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/// What a process has printed. Tests ask for whole lines, for the ids of diagnostics or for members
/// of JSON; a failure shows everything.
record Output(String text) {
  private static final Pattern DIAGNOSTIC =
      Pattern.compile("^.*?(?:error|warning)\\[([a-z-]+)]: .*\\n *--> (.+)$", Pattern.MULTILINE);

  /// `refused connect 10.0.0.1:80 (default mode): why`, as a shield logs it and `why` repeats it.
  private static final Pattern REFUSAL =
      Pattern.compile(
          "\\brefused (\\S+) (\\S+) \\((?:default mode|rule (\\S+))\\).*?: (.+?)"
              + "(?: \\(alert [a-z_]+\\))?(?: \\([0-9]+ times so far\\))?$",
          Pattern.MULTILINE);

  private static final Pattern COMMAND = Pattern.compile("`([^`]+)`");

  /// What was refused.
  ///
  /// @param rule empty where the default mode decided
  /// @param reason why, in words, without the TLS alert, which depends on the library
  record Refusal(String operation, String target, String rule, String reason) {}

  /// Fails unless one of the lines is exactly `line`.
  void hasLine(String line) {
    assertTrue(lines().contains(line), () -> "no line `%s` in\n%s".formatted(line, text));
  }

  List<String> lines() {
    return text.lines().toList();
  }

  /// The last words.
  List<String> lastWords(int count) {
    var words = List.of(text.strip().split("\\s+"));
    return words.subList(Math.max(0, words.size() - count), words.size());
  }

  /// The diagnostics shown to a person, as `unknown-key rules.env:3:1`, in their order.
  List<String> diagnostics() {
    return DIAGNOSTIC.matcher(text).results().map(m -> m.group(1) + " " + m.group(2)).toList();
  }

  /// The ids of the diagnostics, in their order.
  List<String> diagnosticIds() {
    return DIAGNOSTIC.matcher(text).results().map(m -> m.group(1)).toList();
  }

  /// All places in `file` that are named, as `3:1`.
  Set<String> placesIn(Path file) {
    return Pattern.compile(Pattern.quote(file + ":") + "([0-9]+:[0-9]+)")
        .matcher(text)
        .results()
        .map(m -> m.group(1))
        .collect(Collectors.toSet());
  }

  /// What stands in backticks, as commands do that a message advises.
  List<String> commands() {
    return COMMAND.matcher(text).results().map(m -> m.group(1)).toList();
  }

  /// The refusals of a shield, in their order.
  List<Refusal> refusals() {
    return REFUSAL
        .matcher(text)
        .results()
        .map(
            m ->
                new Refusal(
                    m.group(1), m.group(2), Optional.ofNullable(m.group(3)).orElse(""), m.group(4)))
        .toList();
  }

  JsonNode json() {
    try {
      return new ObjectMapper().readTree(text);
    } catch (JsonProcessingException e) {
      throw new AssertionError("no JSON:\n" + text, e);
    }
  }
}
