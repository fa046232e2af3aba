package dev.testudo.policy.substitution;

import dev.testudo.policy.source.Diagnostic;
import dev.testudo.policy.source.DiagnosticId;
import dev.testudo.policy.source.Problems;
import dev.testudo.policy.source.Text;
import dev.testudo.policy.source.TextParts;
import dev.testudo.policy.substitution.MeshTemplate.Literal;
import dev.testudo.policy.substitution.MeshTemplate.Part;
import dev.testudo.policy.substitution.MeshTemplate.Variable;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// Parses one text from left to right.
final class MeshTemplateReader {
  private static final Pattern MARK = Pattern.compile("\\{\\{|\\{%\\s*raw\\s*%\\}");
  private static final Pattern END_RAW = Pattern.compile("\\{%\\s*endraw\\s*%\\}");

  /// A variable. Its default is quoted, so the default may contain variables itself.
  private static final Pattern VARIABLE =
      Pattern.compile(
          "\\{\\{\\s*(?<name>[A-Za-z_][A-Za-z0-9_.-]*)\\s*"
              + "(\\|\\s*default\\(\\s*value\\s*=\\s*(\"(?<double>[^\"]*)\"|'(?<single>[^']*)')\\s*\\)\\s*)?"
              + "\\}\\}");

  private final Text text;
  private final Problems problems;
  private final TextParts places;
  private final List<Part> parts = new ArrayList<>();

  MeshTemplateReader(Text text, Problems problems) {
    this.text = text;
    this.problems = problems;
    this.places = text.parts();
  }

  MeshTemplate read() {
    var value = text.value();
    var mark = MARK.matcher(value);
    var variable = VARIABLE.matcher(value);
    var done = 0;
    while (mark.find(done)) {
      literal(value.substring(done, mark.start()));
      if (!mark.group().equals("{{")) {
        done = raw(mark.end());
      } else if (variable.region(mark.start(), value.length()).lookingAt()) {
        parts.add(variable(variable));
        done = variable.end();
      } else {
        reportMalformed(mark.start());
        literal("{{");
        done = mark.end();
      }
    }
    literal(value.substring(done));
    return new MeshTemplate(text, parts);
  }

  private void literal(String piece) {
    if (!piece.isEmpty()) {
      parts.add(new Literal(piece));
    }
  }

  /// Adds the text up to `{% endraw %}` as a literal and returns the offset after it.
  private int raw(int from) {
    var end = END_RAW.matcher(text.value());
    if (end.find(from)) {
      literal(text.value().substring(from, end.start()));
      return end.end();
    }
    literal(text.value().substring(from));
    return text.value().length();
  }

  private Variable variable(Matcher match) {
    var quoted = Optional.ofNullable(match.group("double"));
    var fallback = quoted.or(() -> Optional.ofNullable(match.group("single")));
    var span = places.part(match.start(), match.end());
    return new Variable(
        match.group("name"),
        fallback.map(f -> new MeshTemplateReader(new Text(f, span), problems).read()),
        span);
  }

  private void reportMalformed(int open) {
    problems.add(
        Diagnostic.error(
                DiagnosticId.MALFORMED_PLACEHOLDER,
                places.part(open, open + 2),
                "`{{` does not begin a variable")
            .labelled("expected `{{name}}`")
            .helped("write `{% raw %}{{{% endraw %}` for two literal braces"));
  }
}
