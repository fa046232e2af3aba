package dev.testudo.policy.yaml;

import dev.testudo.policy.source.Span;
import dev.testudo.policy.source.Text;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;

/// A node of a YAML document, with the place where it is written. Aliases are already followed.
public sealed interface YamlNode {
  /// Whole numbers that are written as they are read.
  Pattern DECIMAL = Pattern.compile("0|-?[1-9][0-9]{0,17}");

  /// Where the node is written.
  Span span();

  /// A single value.
  ///
  /// @param text the value without quotes, escapes and indentation
  /// @param type what an unquoted value looks like; quoted ones are always strings
  record Scalar(Span span, String text, ScalarType type) implements YamlNode {

    /// The value with its place.
    public Text located() {
      return new Text(text, span);
    }

    /// The same place with another value. Without quotes around it, the new value may look like a
    /// number or like nothing.
    public Scalar withText(String other) {
      var plain = !isQuoted() && Quoting.isPlain(other);
      return new Scalar(span, other, plain ? ScalarTypes.of(other) : ScalarType.STRING);
    }

    /// The value as YAML that reads back as this value and type.
    public String written() {
      return !isQuoted() && Quoting.isPlain(text) ? text : Quoting.quoted(text);
    }

    private boolean isQuoted() {
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

  /// Keys with values, in the order written; no key is there twice.
  record Mapping(Span span, List<Entry> entries) implements YamlNode {
    public Mapping {
      entries = List.copyOf(entries);
    }

    /// The entry with that key.
    public Optional<Entry> entry(String key) {
      return entries.stream().filter(entry -> entry.key().text().equals(key)).findFirst();
    }
  }

  /// One key and its value.
  record Entry(Scalar key, YamlNode value) {}

  /// What an unquoted scalar looks like, after the core schema of YAML 1.2.
  enum ScalarType {
    NULL,
    BOOLEAN,
    INTEGER,
    FLOAT,
    STRING
  }

  /// True for an absent value (`key:` or `~`).
  default boolean isNull() {
    return this instanceof Scalar(_, _, var type) && type == ScalarType.NULL;
  }

  /// The value as maps, lists, strings, numbers and truth values. Keys without a value are left
  /// out.
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
