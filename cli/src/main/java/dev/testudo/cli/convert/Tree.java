package dev.testudo.cli.convert;

import dev.testudo.policy.source.Diagnostic;
import dev.testudo.policy.source.DiagnosticId;
import dev.testudo.policy.source.Problems;
import dev.testudo.policy.source.Span;
import dev.testudo.policy.source.Text;
import dev.testudo.policy.yaml.YamlNode;
import dev.testudo.policy.yaml.YamlNode.Entry;
import dev.testudo.policy.yaml.YamlNode.Mapping;
import dev.testudo.policy.yaml.YamlNode.Scalar;
import dev.testudo.policy.yaml.YamlNode.Sequence;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// Takes values out of an object and reports those of the wrong type. Keys that nobody takes are
/// not mistakes: Kubernetes has many, and new versions add some.
record Tree(Problems problems) {

  /// Returns one for objects whose mistakes were reported before.
  static Tree silent() {
    return new Tree(new Problems());
  }

  /// Returns the value of a key, unless it is absent or null.
  Optional<YamlNode> node(Mapping mapping, String key) {
    return mapping.entry(key).map(Entry::value).filter(value -> !value.isNull());
  }

  /// Returns true if the key has a value.
  boolean has(Mapping mapping, String key) {
    return node(mapping, key).isPresent();
  }

  /// Returns the mapping that the keys lead to, one after the other.
  Optional<Mapping> mapping(Mapping mapping, String... keys) {
    var at = Optional.of(mapping);
    for (var key : keys) {
      at = at.flatMap(m -> node(m, key)).flatMap(node -> asMapping(node, key));
    }
    return at;
  }

  private Optional<Mapping> asMapping(YamlNode node, String key) {
    if (node instanceof Mapping mapping) {
      return Optional.of(mapping);
    }
    problems.add(wrongType(node, "`%s` has keys and values".formatted(key)));
    return Optional.empty();
  }

  /// Returns the items of a list.
  List<YamlNode> list(Mapping mapping, String key) {
    return switch (node(mapping, key).orElse(null)) {
      case null -> List.of();
      case Sequence(_, var items) -> items;
      case YamlNode other -> {
        problems.add(wrongType(other, "`%s` is a list".formatted(key)));
        yield List.of();
      }
    };
  }

  /// Returns the items of a list of mappings.
  List<Mapping> mappings(Mapping mapping, String key) {
    return list(mapping, key).stream()
        .flatMap(item -> asMapping(item, "an item of " + key).stream())
        .toList();
  }

  /// Returns a single value as text.
  Optional<Text> text(Mapping mapping, String key) {
    return node(mapping, key).flatMap(node -> single(node, key));
  }

  /// Returns a node as text and reports a list and a mapping.
  Optional<Text> single(YamlNode node, String key) {
    if (node instanceof Scalar scalar) {
      return Optional.of(scalar.located());
    }
    problems.add(wrongType(node, "`%s` is a single value".formatted(key)));
    return Optional.empty();
  }

  /// Returns a single value as text and reports the key if it is missing.
  ///
  /// @param what what needs the key, in messages
  Optional<Text> requiredText(Mapping mapping, String key, String what) {
    if (!has(mapping, key)) {
      problems.add(
          Diagnostic.error(
              DiagnosticId.MISSING_KEY, place(mapping), "%s needs `%s`".formatted(what, key)));
    }
    return text(mapping, key);
  }

  /// Returns a list of single values.
  List<Text> texts(Mapping mapping, String key) {
    return list(mapping, key).stream().flatMap(item -> single(item, key).stream()).toList();
  }

  /// Returns a single value or a list of them.
  List<Text> textOrTexts(Mapping mapping, String key) {
    return node(mapping, key).filter(Sequence.class::isInstance).isPresent()
        ? texts(mapping, key)
        : text(mapping, key).stream().toList();
  }

  /// Returns the keys and values of a mapping of texts. A key without a value has the empty text.
  Map<String, Text> strings(Mapping mapping, String key) {
    var values = new LinkedHashMap<String, Text>();
    for (var entry : mapping(mapping, key).map(Mapping::entries).orElse(List.of())) {
      var name = entry.key();
      var value =
          entry.value().isNull()
              ? Optional.of(new Text("", name.span()))
              : single(entry.value(), name.text());
      value.ifPresent(v -> values.put(name.text(), v));
    }
    return values;
  }

  /// Returns true if the value of a key is `true`.
  boolean flag(Mapping mapping, String key) {
    return text(mapping, key).filter(text -> text.value().equals("true")).isPresent();
  }

  /// Returns the place of the first key, which is short.
  static Span place(Mapping mapping) {
    return mapping.entries().isEmpty() ? mapping.span() : mapping.entries().getFirst().key().span();
  }

  /// Returns a diagnostic for a node of another type.
  static Diagnostic wrongType(YamlNode node, String message) {
    var place =
        switch (node) {
          case Mapping mapping -> place(mapping);
          case Sequence(var span, var items) -> items.isEmpty() ? span : items.getFirst().span();
          case Scalar scalar -> scalar.span();
        };
    return Diagnostic.error(DiagnosticId.WRONG_TYPE, place, message);
  }
}
