package dev.testudo.cli.convert;

import dev.testudo.policy.source.Diagnostic;
import dev.testudo.policy.source.DiagnosticId;
import dev.testudo.policy.source.Text;
import dev.testudo.policy.yaml.YamlNode.Mapping;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;

/// A label selector (Kubernetes API, `LabelSelector`): a condition on labels.
///
/// @param conditions all of them must hold
record Selector(List<Predicate<Map<String, String>>> conditions) {
  Selector {
    conditions = List.copyOf(conditions);
  }

  /// Returns true if the labels satisfy the selector. An empty selector accepts everything.
  boolean accepts(Map<String, String> labels) {
    return conditions.stream().allMatch(condition -> condition.test(labels));
  }

  /// Reads a selector with `matchLabels` and `matchExpressions`.
  static Selector read(Mapping selector, Tree tree) {
    var conditions = new ArrayList<>(ofLabels(tree.strings(selector, "matchLabels")).conditions);
    for (var expression : tree.mappings(selector, "matchExpressions")) {
      var key = tree.requiredText(expression, "key", "an expression");
      var operator = tree.requiredText(expression, "operator", "an expression");
      if (key.isPresent() && operator.isPresent()) {
        var values = tree.texts(expression, "values").stream().map(Text::value).toList();
        conditions.add(condition(key.get().value(), operator.get(), values, tree));
      }
    }
    return new Selector(conditions);
  }

  /// Returns the selector that wants exactly these values, as a Service has it.
  static Selector ofLabels(Map<String, Text> labels) {
    var conditions = new ArrayList<Predicate<Map<String, String>>>();
    labels.forEach((key, value) -> conditions.add(has -> value.value().equals(has.get(key))));
    return new Selector(conditions);
  }

  private static Predicate<Map<String, String>> condition(
      String key, Text operator, List<String> values, Tree tree) {
    return switch (operator.value()) {
      case "In" -> labels -> labels.containsKey(key) && values.contains(labels.get(key));
      case "NotIn" -> labels -> !labels.containsKey(key) || !values.contains(labels.get(key));
      case "Exists" -> labels -> labels.containsKey(key);
      case "DoesNotExist" -> labels -> !labels.containsKey(key);
      default -> {
        tree.problems()
            .add(
                Diagnostic.error(
                        DiagnosticId.INVALID_VALUE,
                        operator.span(),
                        "`%s` is not an operator of a selector".formatted(operator.quotable()))
                    .helped("it is one of In, NotIn, Exists, DoesNotExist"));
        yield _ -> false;
      }
    };
  }
}
