package dev.testudo.vm.initdata;

import java.util.Map;
import java.util.SequencedMap;
import java.util.SortedMap;

/// Writes the subset of TOML 1.0 that initdata needs. Texts are literal blocks, as people write
/// them, where TOML allows it; otherwise they are basic strings on one line.
final class TomlWriter {
  private static final String BLOCK = "'''";

  private TomlWriter() {}

  static String write(InitdataAlgorithm algorithm, SortedMap<String, String> data) {
    var out = new StringBuilder();
    out.append("version = \"0.1.0\"\n");
    out.append("algorithm = \"%s\"\n".formatted(algorithm.word()));
    out.append("\n[data]\n");
    for (Map.Entry<String, String> one : data.entrySet()) {
      basic(out, one.getKey());
      out.append(" = ");
      value(out, one.getValue());
      out.append('\n');
    }
    return out.toString();
  }

  /// Writes members without a table, in the order of the map.
  static String flat(SequencedMap<String, String> members) {
    var out = new StringBuilder();
    members.forEach(
        (name, value) -> {
          out.append(name).append(" = ");
          basic(out, value);
          out.append('\n');
        });
    return out.toString();
  }

  private static void value(StringBuilder out, String text) {
    if (text.contains("\n") && isLiteral(text)) {
      // A line feed right behind the opening is not part of the text.
      out.append(BLOCK).append('\n').append(text).append(BLOCK);
    } else {
      basic(out, text);
    }
  }

  private static boolean isLiteral(String text) {
    return !text.contains(BLOCK)
        && !text.endsWith("'")
        && text.chars().allMatch(c -> c == '\n' || c == '\t' || (c >= ' ' && c != 0x7f));
  }

  private static void basic(StringBuilder out, String text) {
    out.append('"');
    text.chars()
        .forEach(
            c -> {
              switch (c) {
                case '"' -> out.append("\\\"");
                case '\\' -> out.append("\\\\");
                case '\n' -> out.append("\\n");
                default -> {
                  if (c < ' ' || c == 0x7f) {
                    out.append("\\u%04X".formatted(c));
                  } else {
                    out.append((char) c);
                  }
                }
              }
            });
    out.append('"');
  }
}
