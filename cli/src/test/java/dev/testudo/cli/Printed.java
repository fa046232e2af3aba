package dev.testudo.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.testudo.trust.json.JsonMembers;
import dev.testudo.trust.json.MessageException;
import java.util.List;
import java.util.regex.Pattern;

/// What was printed. Tests ask for whole lines, for the ids of diagnostics or for members of JSON.
/// A failure shows everything.
public record Printed(String text) {
  private static final Pattern DIAGNOSTIC =
      Pattern.compile("^(error|warning)\\[([a-z-]+)]: .*\n *--> (.+)$", Pattern.MULTILINE);

  private static final int LIMIT = 1 << 20;

  /// Fails unless one of the lines is exactly `line`.
  public void hasLine(String line) {
    assertTrue(lines().contains(line), () -> "no line `%s` in\n%s".formatted(line, text));
  }

  /// All lines.
  public List<String> lines() {
    return text.lines().toList();
  }

  /// The diagnostics shown to a person, as `error unknown-key service.yaml:3:1`, in their order.
  public List<String> diagnostics() {
    return DIAGNOSTIC
        .matcher(text)
        .results()
        .map(m -> "%s %s %s".formatted(m.group(1), m.group(2), m.group(3)))
        .toList();
  }

  /// The members of a JSON object.
  @SuppressWarnings("exports") // the tests, its only clients, see trust.json too
  public JsonMembers json() throws MessageException {
    return JsonMembers.read(text.getBytes(UTF_8), LIMIT, "printed");
  }
}
