package dev.testudo.image.sbom;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Consumer;

/// Texts of fields, `Name: value`: the databases of dpkg (deb-control(5)), the metadata of Python
/// (PEP 566) and manifests of jars. A field continues on lines that begin with white space; an
/// empty
/// line ends a paragraph. Names do not depend on case.
final class ControlText {
  private static final int MAX_FIELDS = 1000;

  private ControlText() {}

  /// The fields of a paragraph.
  ///
  /// @param fields the values by name; those of a field that occurs several times in their order
  record Paragraph(Map<String, List<String>> fields) {
    /// Returns the first value of a field; empty if there is none.
    String first(String name) {
      var values = fields.getOrDefault(name, List.of());
      return values.isEmpty() ? "" : values.getFirst().strip();
    }

    List<String> all(String name) {
      return fields.getOrDefault(name, List.of());
    }
  }

  /// Reads paragraphs one by one.
  ///
  /// @throws SbomException if a paragraph has too many fields
  static void read(byte[] content, Consumer<Paragraph> use) throws SbomException {
    var paragraph = new Building();
    for (var line : new String(content, UTF_8).split("\n", -1)) {
      var text = line.endsWith("\r") ? line.substring(0, line.length() - 1) : line;
      if (text.isBlank()) {
        paragraph.end(use);
      } else {
        paragraph.add(text);
      }
    }
    paragraph.end(use);
  }

  /// Reads the first paragraph only.
  static Paragraph first(byte[] content) throws SbomException {
    var all = new ArrayList<Paragraph>(1);
    read(
        content,
        paragraph -> {
          if (all.isEmpty()) {
            all.add(paragraph);
          }
        });
    return all.isEmpty() ? new Paragraph(Map.of()) : all.getFirst();
  }

  private static final class Building {
    private Map<String, List<String>> fields = fresh();
    private List<String> last = new ArrayList<>();
    private int count;

    private static Map<String, List<String>> fresh() {
      return new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
    }

    void add(String line) throws SbomException {
      if (Character.isWhitespace(line.charAt(0))) {
        if (!last.isEmpty()) {
          last.add(last.removeLast() + "\n" + line.substring(1));
        }
        return;
      }
      var colon = line.indexOf(':');
      if (colon <= 0) {
        return;
      }
      if (++count > MAX_FIELDS) {
        throw new SbomException("a paragraph has more than %d fields".formatted(MAX_FIELDS));
      }
      last = fields.computeIfAbsent(line.substring(0, colon), _ -> new ArrayList<>());
      last.add(line.substring(colon + 1).strip());
    }

    void end(Consumer<Paragraph> use) {
      if (!fields.isEmpty()) {
        use.accept(new Paragraph(fields));
        fields = fresh();
        last = new ArrayList<>();
        count = 0;
      }
    }
  }
}
