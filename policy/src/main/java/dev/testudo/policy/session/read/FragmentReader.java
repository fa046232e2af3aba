package dev.testudo.policy.session.read;

import dev.testudo.policy.session.ConfigFragment;
import dev.testudo.policy.source.Diagnostic;
import dev.testudo.policy.source.DiagnosticId;
import dev.testudo.policy.source.Problems;
import dev.testudo.policy.source.Span;
import dev.testudo.policy.yaml.YamlNode;
import dev.testudo.policy.yaml.YamlNode.Mapping;
import dev.testudo.policy.yaml.YamlNode.Scalar;
import dev.testudo.policy.yaml.YamlNode.Sequence;
import java.util.Optional;

/// Reads the value of a `config-fragment`: any YAML within limits and without placeholders.
final class FragmentReader {
  private final Problems problems;
  private int nodes;
  private int characters;
  private boolean sound = true;

  private FragmentReader(Problems problems) {
    this.problems = problems;
  }

  static Optional<ConfigFragment> read(YamlNode node, Problems problems) {
    var reader = new FragmentReader(problems);
    reader.visit(node, 1);
    if (reader.nodes > ConfigFragment.MAX_NODES) {
      reader.exceeds(node.span(), "values, lists and mappings", ConfigFragment.MAX_NODES);
    }
    if (reader.characters > ConfigFragment.MAX_CHARACTERS) {
      reader.exceeds(node.span(), "characters", ConfigFragment.MAX_CHARACTERS);
    }
    return reader.sound ? Optional.of(new ConfigFragment(node)) : Optional.empty();
  }

  private void visit(YamlNode node, int depth) {
    if (depth > ConfigFragment.MAX_DEPTH) {
      exceeds(node.span(), "levels", ConfigFragment.MAX_DEPTH);
      return;
    }
    nodes++;
    switch (node) {
      case Mapping(_, var entries) ->
          entries.forEach(
              entry -> {
                text(entry.key());
                visit(entry.value(), depth + 1);
              });
      case Sequence(_, var items) -> items.forEach(item -> visit(item, depth + 1));
      case Scalar scalar -> text(scalar);
    }
  }

  private void text(Scalar scalar) {
    characters += scalar.text().length();
    if (scalar.text().contains(Splicing.MARK)) {
      sound = false;
      problems.add(
          Diagnostic.error(
                  DiagnosticId.MALFORMED_PLACEHOLDER,
                  scalar.span(),
                  "a config fragment cannot contain placeholders")
              .labelled("CAS replaces nothing in a value that it inserts")
              .helped("write the placeholder where the fragment is used"));
    }
  }

  private void exceeds(Span span, String what, int most) {
    sound = false;
    problems.add(
        Diagnostic.error(
            DiagnosticId.YAML_LIMIT,
            span,
            "a config fragment has at most %d %s".formatted(most, what)));
  }
}
