package dev.testudo.cli.convert;

import dev.testudo.policy.source.Diagnostic;
import dev.testudo.policy.source.DiagnosticId;
import dev.testudo.policy.source.Problems;
import dev.testudo.policy.source.Span;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// Writes texts of Kubernetes as texts of a manifest.
final class ManifestText {
  private static final Pattern TEMPLATE = Pattern.compile("\\{\\{|\\{%");

  /// `$(NAME)`, or `$$`, which stands for `$` (Kubernetes API, `Container.command`).
  private static final Pattern REFERENCE = Pattern.compile("\\$\\$|\\$\\(([^)\\s]+)\\)");

  private ManifestText() {}

  /// Returns a text that reads as `text` in a manifest. Marks of templates are quoted. A
  /// placeholder of a secret cannot be quoted and is an error.
  static String literal(String text, Span place, Problems problems) {
    if (text.contains("$$SCONE:")) {
      problems.add(
          Diagnostic.error(
                  DiagnosticId.MALFORMED_PLACEHOLDER,
                  place,
                  "`$$SCONE:` begins a placeholder in a manifest and cannot be quoted")
              .helped("move the text into a Secret"));
    }
    return quoted(text);
  }

  /// Returns the text with the marks of templates quoted.
  static String quoted(String text) {
    return TEMPLATE
        .matcher(text)
        .replaceAll(mark -> Matcher.quoteReplacement("{% raw %}" + mark.group() + "{% endraw %}"));
  }

  /// Replaces `$(NAME)` by the value of a variable, as Kubernetes does. A reference to an unknown
  /// variable stays as it is.
  ///
  /// @param variables texts of the manifest by name
  static String expanded(
      String text, Map<String, String> variables, Span place, Problems problems) {
    var out = new StringBuilder();
    // What is between two inserted values is one text: placeholders must not arise in it.
    var between = new StringBuilder();
    var done = 0;
    var reference = REFERENCE.matcher(text);
    while (reference.find()) {
      between.append(text, done, reference.start());
      var name = reference.group(1);
      var value = name == null ? null : variables.get(name);
      if (value != null) {
        out.append(literal(between.toString(), place, problems)).append(value);
        between.setLength(0);
      } else {
        between.append(name == null ? "$" : reference.group());
        refuseHost(name, variables, place, problems);
      }
      done = reference.end();
    }
    between.append(text, done, text.length());
    return out.append(literal(between.toString(), place, problems)).toString();
  }

  private static void refuseHost(
      @Nullable String name, Map<String, String> variables, Span place, Problems problems) {
    if (name != null && variables.containsKey(EnvironmentConverter.FROM_HOST + name)) {
      problems.add(
          Diagnostic.error(
                  DiagnosticId.NOT_SUPPORTED_YET,
                  place,
                  "`$(%s)` comes from the downward API and cannot be inserted".formatted(name))
              .helped("the program can read the variable, and must not trust it"));
    }
  }

  /// Returns a word of a command line in quotes if it needs them.
  static String word(String word) {
    var special = word.chars().anyMatch(c -> Character.isWhitespace(c) || c == '\'' || c == '"');
    if (!word.isEmpty() && !special) {
      return word;
    }
    return "'" + word.replace("'", "'\"'\"'") + "'";
  }
}
