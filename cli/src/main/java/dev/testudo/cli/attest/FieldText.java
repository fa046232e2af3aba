package dev.testudo.cli.attest;

import dev.testudo.policy.source.Printable;
import dev.testudo.trust.attest.evidence.Field;
import java.util.ArrayList;
import java.util.List;

/// Lays fields out for people: names in a column, values beside them, and what they mean behind the
/// value, or below it if the line would be too long. No line has more than 120 columns.
public final class FieldText {
  private static final int WIDTH = 120;
  private static final int WIDEST_NAME = 24;
  private static final int HEX_LINE = 64;

  private final List<String> lines = new ArrayList<>();

  private FieldText() {}

  /// Returns the lines of some fields.
  public static List<String> lines(List<Field> fields) {
    var text = new FieldText();
    text.add(fields, 0);
    return List.copyOf(text.lines);
  }

  private void add(List<Field> fields, int indent) {
    var width =
        fields.stream()
            .filter(field -> field.parts().isEmpty())
            .mapToInt(field -> field.name().length())
            .filter(length -> length <= WIDEST_NAME)
            .max()
            .orElse(0);
    var afterGroup = false;
    for (var field : fields) {
      var group = !field.parts().isEmpty();
      if (indent == 0 && !lines.isEmpty() && (group || afterGroup)) {
        lines.add("");
      }
      if (group) {
        heading(field, indent);
        add(field.parts(), indent + 2);
      } else {
        value(field, indent, width);
      }
      afterGroup = group;
    }
  }

  private void heading(Field field, int indent) {
    var title = new StringBuilder(field.name());
    if (!field.value().isEmpty()) {
      title.append(": ").append(field.value());
    }
    if (!field.meaning().isEmpty()) {
      title.append(": ").append(field.meaning());
    }
    for (var line : wrapped(Printable.of(title.toString()), WIDTH - indent)) {
      lines.add((" ".repeat(indent) + line).stripTrailing());
    }
  }

  private void value(Field field, int indent, int width) {
    var name = Printable.of(field.name());
    var column = indent + width + 2;
    var room = WIDTH - column;
    var parts = wrapped(Printable.of(field.value()), room);
    var first = " ".repeat(indent) + name;
    if (name.length() > width) {
      lines.add(first);
      first = "";
    }
    var meaning = field.meaning().isEmpty() ? "" : "(%s)".formatted(Printable.of(field.meaning()));
    var beside = parts.size() == 1 && parts.getFirst().length() + 2 + meaning.length() <= room;
    for (var i = 0; i < parts.size(); i++) {
      var line = (i == 0 ? first : "");
      line = line + " ".repeat(column - line.length()) + parts.get(i);
      lines.add((beside && !meaning.isEmpty() ? line + "  " + meaning : line).stripTrailing());
    }
    if (!beside && !meaning.isEmpty()) {
      for (var line : wrapped(meaning, room)) {
        lines.add(" ".repeat(column) + line);
      }
    }
  }

  /// Breaks a text into lines that fit: hexadecimal after 32 bytes, other text at spaces.
  static List<String> wrapped(String text, int room) {
    var hex = !text.contains(" ") && text.chars().allMatch(c -> Character.digit(c, 16) >= 0);
    var width = hex && text.length() > room ? Math.min(room, HEX_LINE) : room;
    var lines = new ArrayList<String>();
    var rest = text;
    while (rest.length() > width) {
      var space = rest.lastIndexOf(' ', width);
      var atSpace = space > width / 3;
      lines.add(rest.substring(0, atSpace ? space : width));
      rest = rest.substring(atSpace ? space + 1 : width);
    }
    lines.add(rest);
    return lines;
  }
}
