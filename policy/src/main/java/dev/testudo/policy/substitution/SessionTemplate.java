package dev.testudo.policy.substitution;

import dev.testudo.policy.source.Diagnostic;
import dev.testudo.policy.source.DiagnosticId;
import dev.testudo.policy.source.Parsed;
import dev.testudo.policy.source.Problems;
import dev.testudo.policy.source.SourceFile;
import dev.testudo.policy.source.Span;
import dev.testudo.policy.source.Text;
import dev.testudo.policy.yaml.Yaml;
import dev.testudo.policy.yaml.YamlNode;
import dev.testudo.policy.yaml.YamlNode.Entry;
import dev.testudo.policy.yaml.YamlNode.Mapping;
import dev.testudo.policy.yaml.YamlNode.Scalar;
import dev.testudo.policy.yaml.YamlNode.Sequence;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/// `$NAME` and `${NAME}` in the values of a session, the second layer of substitution.
/// They are replaced before the session is registered. `$$` stays as it is, and so does a
/// `$` without a name.
public final class SessionTemplate {
  private static final Pattern VARIABLE =
      Pattern.compile("\\$\\$|\\$(?<bare>[A-Za-z_][A-Za-z0-9_]*)|\\$\\{(?<braced>[^{}]*)\\}");

  /// Replaces a variable without a value, so that reading can continue.
  private static final String STAND_IN = "missing";

  private final Map<String, String> variables;
  private final Problems problems;

  private SessionTemplate(Map<String, String> variables, Problems problems) {
    this.variables = variables;
    this.problems = problems;
  }

  /// Returns the tree with all variables replaced. A variable without a value is
  /// reported to `problems`.
  public static YamlNode expand(YamlNode root, Map<String, String> variables, Problems problems) {
    return new SessionTemplate(variables, problems).expand(root);
  }

  /// Returns the text with all variables replaced, ready to be sent. Comments and layout are kept;
  /// a changed value is quoted if its new content requires it.
  public static Parsed<SourceFile> expand(SourceFile source, Map<String, String> variables) {
    return Yaml.read(source)
        .then(
            root -> {
              var problems = new Problems();
              var edits = new ScalarEdits();
              edits.compare(root, expand(root, variables, problems));
              return problems.result(() -> edits.applyTo(source));
            });
  }

  /// Returns the names of the variables in a text, in order.
  public static List<String> names(String text) {
    return VARIABLE
        .matcher(text)
        .results()
        .flatMap(m -> Stream.of(m.group("bare"), m.group("braced")).filter(Objects::nonNull))
        .toList();
  }

  private YamlNode expand(YamlNode node) {
    return switch (node) {
      case Mapping(var span, var entries) ->
          new Mapping(
              span, entries.stream().map(e -> new Entry(e.key(), expand(e.value()))).toList());
      case Sequence(var span, var items) ->
          new Sequence(span, items.stream().map(this::expand).toList());
      case Scalar scalar -> {
        var text = expand(scalar.located());
        yield text.equals(scalar.text()) ? scalar : scalar.withText(text);
      }
    };
  }

  private String expand(Text text) {
    var match = VARIABLE.matcher(text.value());
    var places = text.parts();
    var result = new StringBuilder();
    var done = 0;
    while (match.find()) {
      result.append(text.value(), done, match.start());
      var bare = match.group("bare");
      var name = bare != null ? bare : match.group("braced");
      result.append(name == null ? "$$" : value(name, places.part(match.start(), match.end())));
      done = match.end();
    }
    return result.append(text.value(), done, text.value().length()).toString();
  }

  private String value(String name, Span span) {
    var value = variables.get(name);
    if (value == null) {
      var diagnostic =
          Diagnostic.error(
                  DiagnosticId.UNKNOWN_VARIABLE, span, "variable `%s` has no value".formatted(name))
              .labelled("needed here");
      problems.add(
          problems
              .suggesting(diagnostic, variables.keySet(), name)
              .helped(
                  "give it with `-e %s=…`, or set it in the environment and use `--use-env`"
                      .formatted(name)));
      return STAND_IN;
    }
    return value;
  }
}
