package dev.testudo.fuzz;

import dev.testudo.policy.source.Diagnostics;
import dev.testudo.policy.source.Parsed;
import dev.testudo.policy.source.SourceFile;
import dev.testudo.policy.substitution.SessionTemplate;
import java.nio.charset.StandardCharsets;
import java.util.Map;

/// A session template, and the value of its variable `V`, separated by a NUL. The value stays a
/// value: it adds no key to the document, and nothing in it is replaced.
public final class TemplateTarget {
  private static final String MARK = "x7Qm";

  private TemplateTarget() {}

  /// Expands one input.
  public static void fuzzerTestOneInput(byte[] input) {
    var parts = new String(input, StandardCharsets.UTF_8).split("\0", 2);
    var source = new SourceFile("session.yaml", parts[0]);
    var value = parts.length == 2 ? parts[1] : "$W" + MARK;
    var expanded = SessionTemplate.expand(source, Map.of("V", value, "W", MARK));
    Diagnostics.render(expanded.diagnostics());
    if (expanded instanceof Parsed.Valid<SourceFile>(var text, _)
        && !parts[0].contains("W")
        && !parts[0].contains(MARK)
        && !value.contains(MARK)
        && text.text().contains(MARK)) {
      throw new AssertionError("a value was expanded again");
    }
  }
}
