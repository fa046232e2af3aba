package dev.testudo.policy;

import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.testudo.policy.source.Parsed;
import dev.testudo.policy.source.SourceFile;
import dev.testudo.policy.yaml.Yaml;
import dev.testudo.policy.yaml.YamlNode;
import dev.testudo.policy.yaml.YamlWriter;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/// A page of `docs` with YAML examples.
///
/// @param text the whole page
record ReferencePage(String name, String text) {
  private static final Path DOCS = Path.of("..", "docs");
  private static final Pattern DIAGNOSTIC = Pattern.compile("\\(diagnostics/([a-z-]+)\\.md\\)");

  static ReferencePage read(String name) throws IOException {
    return new ReferencePage(name, Files.readString(DOCS.resolve(name)));
  }

  /// An example.
  ///
  /// @param line the line of the page where it begins
  /// @param expected the ids of the diagnostics that the paragraph before it names
  record Example(String page, int line, String text, Set<String> expected) {
    /// Returns the example as a source whose places are those in the page.
    SourceFile source() {
      return new SourceFile("%s:%d".formatted(page, line), text);
    }

    /// Returns the example as maps and lists.
    Map<?, ?> plain() {
      return switch (Yaml.read(source())) {
        case Parsed.Valid<YamlNode>(YamlNode.Mapping mapping, _) -> (Map<?, ?>) mapping.plain();
        case Parsed<YamlNode> other -> throw new AssertionError(this + " is no mapping: " + other);
      };
    }

    /// Returns the example with those keys of `base` that it does not show.
    Example completedBy(Map<?, ?> base) {
      return new Example(page, line, YamlWriter.write(merged(base, plain())), expected);
    }
  }

  private static Map<Object, Object> merged(Map<?, ?> base, Map<?, ?> shown) {
    Map<Object, Object> all = new LinkedHashMap<>(base);
    shown.forEach(
        (key, value) -> {
          var nested =
              all.get(key) instanceof Map<?, ?> inner && value instanceof Map<?, ?> outer
                  ? merged(inner, outer)
                  : value;
          all.put(key, nested);
        });
    return all;
  }

  /// Returns the YAML blocks in the order of the page.
  List<Example> examples() {
    var examples = new ArrayList<Example>();
    var paragraph = new StringBuilder();
    var block = new StringBuilder();
    var begun = 0;
    var ended = false;
    var number = 0;
    for (var line : text.lines().toList()) {
      number++;
      if (begun > 0 && line.equals("```")) {
        examples.add(new Example(name, begun, block.toString(), ids(paragraph.toString())));
        paragraph.setLength(0);
        begun = 0;
      } else if (begun > 0) {
        block.append(line).append('\n');
      } else if (line.equals("```yaml")) {
        block.setLength(0);
        begun = number + 1;
      } else {
        if (ended && !line.isBlank()) {
          paragraph.setLength(0);
        }
        ended = line.isBlank();
        paragraph.append(line).append('\n');
      }
    }
    assertTrue(begun == 0, () -> name + " ends within a block");
    return examples;
  }

  private static Set<String> ids(String paragraph) {
    return DIAGNOSTIC
        .matcher(paragraph)
        .results()
        .map((MatchResult link) -> link.group(1))
        .collect(Collectors.toCollection(TreeSet::new));
  }

  /// Returns the text between a heading and the next.
  String section(String heading) {
    var start = text.indexOf("\n" + heading + "\n");
    assertTrue(start >= 0, () -> name + " has no heading " + heading);
    var end = Pattern.compile("(?m)^#+ ").matcher(text);
    var from = start + heading.length() + 1;
    return text.substring(from, end.find(from) ? end.start() : text.length());
  }

  /// Returns the anchors of the headings.
  Set<String> anchors() {
    return Pattern.compile("(?m)^#+ (.+)$")
        .matcher(text)
        .results()
        .map((MatchResult heading) -> heading.group(1).toLowerCase(java.util.Locale.ROOT))
        .map(heading -> heading.replaceAll("[^a-z0-9 _-]", "").replace(' ', '-'))
        .collect(Collectors.toCollection(TreeSet::new));
  }

  /// Returns the links into pages of this directory or its parent, as file and anchor
  /// with `#` between them.
  Set<String> links() {
    return Pattern.compile("\\]\\(([A-Za-z./-]*#[^)]+)\\)")
        .matcher(text)
        .results()
        .map((MatchResult link) -> link.group(1))
        .map(link -> link.startsWith("#") ? name + link : link)
        .collect(Collectors.toCollection(TreeSet::new));
  }
}
