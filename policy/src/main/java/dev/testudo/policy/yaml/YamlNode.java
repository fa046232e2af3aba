package dev.testudo.policy.yaml;

import dev.testudo.policy.source.Span;
import dev.testudo.policy.source.Text;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;

/// A node of a YAML document with its place in the source. Aliases are already resolved.
public sealed interface YamlNode {
  /// Decimal integers that read back as they are written.
  Pattern DECIMAL = Pattern.compile("0|-?[1-9][0-9]{0,17}");

  /// Returns where the node is written.
  Span span();

  /// A single value.
  ///
  /// @param text the value without quotes, escapes and indentation
  /// @param type the type that an unquoted value resolves to; a quoted value is always a string
  record Scalar(Span span, String text, ScalarType type) implements YamlNode {

    /// Returns the value with its place.
    public Text located() {
      return new Text(text, span);
    }

    /// Returns a scalar at the same place with another value. If the original is not quoted, the
    /// type is resolved anew, for example to a number or to null.
    public Scalar withText(String other) {
      var plain = !isQuoted() && Quoting.isPlain(other);
      return new Scalar(span, other, plain ? ScalarTypes.of(other) : ScalarType.STRING);
    }

    /// Returns the value as YAML that reads back with the same value and type.
    public String written() {
      return !isQuoted() && Quoting.isPlain(text) ? text : Quoting.quoted(text);
    }

    boolean isQuoted() {
      var written = span.text();
      return !written.isEmpty() && "\"'|>".indexOf(written.charAt(0)) >= 0;
    }
  }

  /// A list.
  record Sequence(Span span, List<YamlNode> items) implements YamlNode {
    public Sequence {
      items = List.copyOf(items);
    }
  }

  /// A mapping: keys with values, in the order written. Keys are distinct.
  record Mapping(Span span, List<Entry> entries) implements YamlNode {
    public Mapping {
      entries = List.copyOf(entries);
    }

    /// Returns the entry with the given key, if there is one.
    public Optional<Entry> entry(String key) {
      return entries.stream().filter(entry -> entry.key().text().equals(key)).findFirst();
    }
  }

  /// A key and its value.
  record Entry(Scalar key, YamlNode value) {}

  /// The type that an unquoted scalar resolves to in the core schema of YAML 1.2.
  enum ScalarType {
    NULL,
    BOOLEAN,
    INTEGER,
    FLOAT,
    STRING
  }

  /// Returns true for a value that is null (`key:` or `~`).
  default boolean isNull() {
    return this instanceof Scalar(_, _, var type) && type == ScalarType.NULL;
  }

  /// Returns the value as maps, lists, strings, numbers and booleans. Keys without a
  /// value are left out.
  default Object plain() {
    return switch (this) {
      case Mapping(_, var entries) -> {
        Map<String, Object> map = new LinkedHashMap<>();
        for (var entry : entries) {
          if (!entry.value().isNull()) {
            map.put(entry.key().text(), entry.value().plain());
          }
        }
        yield map;
      }
      case Sequence(_, var items) -> items.stream().map(YamlNode::plain).toList();
      case Scalar(_, var text, var type) -> plain(text, type);
    };
  }

  private static Object plain(String text, ScalarType type) {
    return switch (type) {
      case BOOLEAN -> text.equalsIgnoreCase("true");
      case INTEGER -> DECIMAL.matcher(text).matches() ? (Object) Long.parseLong(text) : text;
      case FLOAT, STRING, NULL -> text;
    };
  }
}
