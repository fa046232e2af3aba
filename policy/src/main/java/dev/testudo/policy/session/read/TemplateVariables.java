package dev.testudo.policy.session.read;

import dev.testudo.policy.source.Diagnostic;
import dev.testudo.policy.source.Printable;
import dev.testudo.policy.source.Span;
import dev.testudo.policy.substitution.SessionTemplate;
import dev.testudo.policy.yaml.YamlNode;
import dev.testudo.policy.yaml.YamlNode.Mapping;
import dev.testudo.policy.yaml.YamlNode.Scalar;
import dev.testudo.policy.yaml.YamlNode.Sequence;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// The variables in the values of a session as it is written, for diagnostics about those values.
final class TemplateVariables {
  private static final Pattern QUOTED = Pattern.compile("`([^`]*)`");

  /// The least length of a value that is searched for within a quotation.
  private static final int TELLING = 4;

  private final List<Use> uses = new ArrayList<>();

  /// A value that contains variables.
  private record Use(Span span, List<String> names) {}

  TemplateVariables(YamlNode root) {
    collect(root);
  }

  private void collect(YamlNode node) {
    switch (node) {
      case Mapping(_, var entries) -> entries.forEach(entry -> collect(entry.value()));
      case Sequence(_, var items) -> items.forEach(this::collect);
      case Scalar(var span, var text, _) -> {
        var names = SessionTemplate.names(text).stream().distinct().toList();
        if (!names.isEmpty()) {
          uses.add(new Use(span, names));
        }
      }
    }
  }

  private Optional<Use> at(Diagnostic diagnostic) {
    return uses.stream().filter(use -> diagnostic.span().isWithin(use.span())).findFirst();
  }

  /// Returns an error about a value with a variable together with the advice to give the variable a
  /// value. In a session that CAS receives, `$NAME` is ordinary text, and an error about it most
  /// often means that nobody has replaced it.
  Diagnostic unfilled(Diagnostic diagnostic) {
    var use = diagnostic.isError() ? at(diagnostic) : Optional.<Use>empty();
    return use.map(
            found ->
                diagnostic.helped(
                    ("variable `%s` was not replaced: give its value to `testudo session` with"
                            + " `-e %s=…` or `--use-env`")
                        .formatted(found.names().getFirst(), found.names().getFirst())))
        .orElse(diagnostic);
  }

  /// Returns a diagnostic that quotes the names of variables in place of their values, which may be
  /// secret.
  Diagnostic withoutValues(Diagnostic diagnostic, Map<String, String> values) {
    var use = at(diagnostic);
    if (use.isEmpty()) {
      return diagnostic;
    }
    // Most names of a hostile text have no value.
    var names = use.get().names().stream().filter(values::containsKey).toList();
    return new Diagnostic(
        diagnostic.id(),
        diagnostic.severity(),
        withoutValues(diagnostic.message(), names, values),
        diagnostic.span(),
        withoutValues(diagnostic.label(), names, values),
        diagnostic.help().stream().map(help -> withoutValues(help, names, values)).toList());
  }

  private static String withoutValues(String text, List<String> names, Map<String, String> values) {
    return QUOTED
        .matcher(withoutBackticks(text, names, values))
        .replaceAll(
            quoted -> Matcher.quoteReplacement("`" + named(quoted.group(1), names, values) + "`"));
  }

  /// Replaces values with backticks. A backtick in a value looks like the end of its quotation, so
  /// such a value and what stands between its backticks are searched for in the whole text.
  private static String withoutBackticks(
      String text, List<String> names, Map<String, String> values) {
    var result = text;
    for (var name : names) {
      for (var value : shownForms(values.getOrDefault(name, ""))) {
        if (value.contains("`")) {
          result = result.replace(value, "$" + name);
          for (var part : value.split("`")) {
            result = part.length() < TELLING ? result : result.replace(part, "$" + name);
          }
        }
      }
    }
    return result;
  }

  private static String named(String quotation, List<String> names, Map<String, String> values) {
    var result = quotation;
    for (var name : names) {
      for (var value : shownForms(values.getOrDefault(name, ""))) {
        if (value.equals(result) || (result.length() >= TELLING && value.contains(result))) {
          return "$" + name;
        }
        if (value.length() >= TELLING) {
          result = result.replace(value, "$" + name);
        }
      }
    }
    return result;
  }

  /// Returns a value as messages and as help texts show it.
  private static Set<String> shownForms(String value) {
    return new LinkedHashSet<>(List.of(Printable.lines(value), Printable.of(value)));
  }
}
