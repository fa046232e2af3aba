package dev.testudo.policy.yaml;

import dev.testudo.policy.yaml.YamlNode.Scalar;
import dev.testudo.policy.yaml.YamlNode.ScalarType;
import java.util.List;
import java.util.Map;

/// Writes YAML in block style that reads back as the value written. The YAML library's own writer
/// is not used because it breaks lines at U+0085, which the library's reader does not expect.
public final class YamlWriter {
  private static final int STEP = 2;

  private final StringBuilder out = new StringBuilder();

  private YamlWriter() {}

  /// Returns maps, lists, strings, whole numbers, booleans and scalars of a document as YAML text.
  /// A scalar of a document keeps its quotes, so it means the same to a reader of YAML 1.1.
  public static String write(Object value) {
    var writer = new YamlWriter();
    writer.value(value, 0);
    return writer.out.toString();
  }

  /// Writes a value at the start of a line or after `- ` and ends the line.
  private void value(Object value, int indent) {
    switch (value) {
      case Map<?, ?> map when !map.isEmpty() -> map(map, indent);
      case List<?> list when !list.isEmpty() -> list(list, indent);
      default -> out.append(scalar(value, indent)).append('\n');
    }
  }

  private void map(Map<?, ?> map, int indent) {
    var first = true;
    for (var entry : map.entrySet()) {
      pad(first ? 0 : indent);
      first = false;
      out.append(key(String.valueOf(entry.getKey()))).append(':');
      nested(entry.getValue(), indent + STEP);
    }
  }

  private void nested(Object value, int indent) {
    var isBlock =
        switch (value) {
          case Map<?, ?> map -> !map.isEmpty();
          case List<?> list -> !list.isEmpty();
          default -> false;
        };
    if (isBlock) {
      out.append('\n');
      pad(indent);
    } else {
      out.append(' ');
    }
    value(value, indent);
  }

  private void list(List<?> list, int indent) {
    var first = true;
    for (var item : list) {
      pad(first ? 0 : indent);
      first = false;
      out.append("- ");
      value(item, indent + STEP);
    }
  }

  private void pad(int indent) {
    out.repeat(' ', indent);
  }

  private static String scalar(Object value, int indent) {
    return switch (value) {
      case Map<?, ?> _ -> "{}";
      case List<?> _ -> "[]";
      case Long number -> number.toString();
      case Integer number -> number.toString();
      case Boolean truth -> truth.toString();
      case String text -> text(text, indent);
      case Scalar scalar -> kept(scalar, indent);
      default -> throw new IllegalArgumentException("cannot write a " + value.getClass());
    };
  }

  /// A key has one line.
  private static String key(String text) {
    return isPlain(text) ? text : Quoting.quoted(text);
  }

  private static String text(String text, int indent) {
    return isPlain(text) ? text : quoted(text, indent);
  }

  private static boolean isPlain(String text) {
    return Quoting.isPlainInBlock(text)
        && ScalarTypes.of(text) == ScalarType.STRING
        && !Quoting.isAmbiguous(text);
  }

  private static String kept(Scalar scalar, int indent) {
    var plain =
        scalar.type() != ScalarType.STRING
            || (!scalar.isQuoted() && Quoting.isPlainInBlock(scalar.text()));
    return plain ? scalar.text() : quoted(scalar.text(), indent);
  }

  private static String quoted(String text, int indent) {
    return Quoting.isLiteral(text) ? literal(text, indent) : Quoting.quoted(text);
  }

  private static String literal(String text, int indent) {
    var block = new StringBuilder("|");
    text.lines()
        .forEach(line -> block.append('\n').repeat(' ', line.isEmpty() ? 0 : indent).append(line));
    return block.toString();
  }
}
