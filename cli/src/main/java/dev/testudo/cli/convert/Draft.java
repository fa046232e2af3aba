package dev.testudo.cli.convert;

import dev.testudo.policy.yaml.YamlNode;
import dev.testudo.policy.yaml.YamlNode.Entry;
import dev.testudo.policy.yaml.YamlNode.Mapping;
import dev.testudo.policy.yaml.YamlNode.Scalar;
import dev.testudo.policy.yaml.YamlNode.Sequence;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;

/// A copy of a mapping that can be changed. What is not changed is written as it was.
final class Draft {
  private final Map<String, Object> entries = new LinkedHashMap<>();

  /// Creates an empty mapping.
  Draft() {}

  static Draft of(Mapping mapping) {
    var draft = new Draft();
    for (Entry entry : mapping.entries()) {
      draft.entries.put(entry.key().text(), copy(entry.value()));
    }
    return draft;
  }

  private static Object copy(YamlNode node) {
    return switch (node) {
      case Mapping mapping -> of(mapping);
      case Sequence(_, var items) -> {
        var copies = new ArrayList<Object>();
        items.forEach(item -> copies.add(copy(item)));
        yield copies;
      }
      case Scalar scalar -> scalar;
    };
  }

  boolean isEmpty() {
    return entries.isEmpty();
  }

  boolean has(String key) {
    return entries.containsKey(key) && !isNull(entries.get(key));
  }

  private static boolean isNull(Object value) {
    return value instanceof Scalar scalar && scalar.isNull();
  }

  /// Returns a single value as text.
  Optional<String> text(String key) {
    return switch (entries.get(key)) {
      case Scalar scalar when !scalar.isNull() -> Optional.of(scalar.text());
      case String text -> Optional.of(text);
      case Integer number -> Optional.of(number.toString());
      case Boolean truth -> Optional.of(truth.toString());
      case null, default -> Optional.empty();
    };
  }

  /// Returns the mapping that the keys lead to.
  Optional<Draft> at(String... keys) {
    var at = Optional.of(this);
    for (var key : keys) {
      at =
          at.map(draft -> draft.entries.get(key))
              .filter(Draft.class::isInstance)
              .map(Draft.class::cast);
    }
    return at;
  }

  /// Returns the mapping at a key, which is created if the key has no value.
  Draft in(String key) {
    if (!has(key)) {
      entries.put(key, new Draft());
    }
    return at(key).orElseGet(Draft::new);
  }

  /// Returns the mappings in the list at a key.
  List<Draft> list(String key) {
    return entries.get(key) instanceof List<?> items
        ? items.stream().filter(Draft.class::isInstance).map(Draft.class::cast).toList()
        : List.of();
  }

  /// Sets a value: a text, a number, a truth value, a list or a mapping.
  Draft put(String key, Object value) {
    entries.put(key, value);
    return this;
  }

  /// Sets a value if the key has none.
  Draft putIfAbsent(String key, Object value) {
    if (!has(key)) {
      entries.put(key, value);
    }
    return this;
  }

  /// Sets everything that `lower` has and this mapping has not, also in mappings below.
  Draft over(Draft lower) {
    lower.entries.forEach(
        (key, value) -> {
          if (!has(key)) {
            entries.put(key, value);
          } else if (value instanceof Draft below && entries.get(key) instanceof Draft own) {
            own.over(below);
          }
        });
    return this;
  }

  /// Adds a value to the list at a key, which is created if the key has no value.
  void add(String key, Object value) {
    var items = new ArrayList<Object>();
    if (entries.get(key) instanceof List<?> present) {
      items.addAll(present);
    }
    items.add(value);
    entries.put(key, items);
  }

  /// Returns true if the key had a value.
  boolean remove(String key) {
    var had = has(key);
    entries.remove(key);
    return had;
  }

  /// Removes the keys for which the condition holds.
  void removeIf(Predicate<String> condition) {
    entries.keySet().removeIf(condition);
  }

  /// Keeps only the mappings of a list for which the condition holds, and no empty list.
  void keep(String key, Predicate<Draft> condition) {
    var kept = list(key).stream().filter(condition).toList();
    if (kept.isEmpty()) {
      entries.remove(key);
    } else {
      entries.put(key, new ArrayList<Object>(kept));
    }
  }

  /// Returns the keys that have values.
  List<String> keys() {
    return entries.keySet().stream().filter(this::has).toList();
  }

  /// Returns the value of a key: a scalar, a list or a mapping.
  Optional<Object> raw(String key) {
    return Optional.ofNullable(entries.get(key));
  }

  /// Returns the mapping as it can be written.
  Map<String, Object> written() {
    var written = new LinkedHashMap<String, Object>();
    entries.forEach((key, value) -> written.put(key, written(value)));
    return written;
  }

  private static Object written(Object value) {
    return switch (value) {
      case Draft draft -> draft.written();
      case List<?> items -> items.stream().map(item -> written((Object) item)).toList();
      default -> value;
    };
  }
}
