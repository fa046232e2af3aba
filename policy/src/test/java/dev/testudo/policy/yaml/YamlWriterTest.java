package dev.testudo.policy.yaml;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.testudo.policy.source.Parsed;
import dev.testudo.policy.source.SourceFile;
import dev.testudo.policy.yaml.YamlNode.Mapping;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// What the writer makes of values, also for readers of YAML 1.1.
class YamlWriterTest {
  @ParameterizedTest
  @ValueSource(strings = {"yes", "No", "off", "y", "1_000", "0b1", "0o644", "2026-11-30"})
  void stringsThatYaml11TakesForSomethingElseAreQuoted(String text) {
    assertEquals("\"" + text + "\"\n", YamlWriter.write(text));
  }

  @ParameterizedTest
  @ValueSource(strings = {"two\nlines", "two\nlines\n", "on", "0440", "a: b"})
  void aKeyIsOneLine(String key) {
    var text = YamlWriter.write(Map.of(key, List.of("value")));
    assertEquals(2, text.lines().count(), text);
    var root =
        switch (Yaml.read(new SourceFile("f", text))) {
          case Parsed.Valid<YamlNode>(var node, _) -> (Mapping) node;
          case Parsed.Invalid<YamlNode>(var problems) -> throw new AssertionError(problems);
        };
    assertEquals(key, root.entries().getFirst().key().text());
  }

  @ParameterizedTest
  @ValueSource(strings = {"yesterday", "north", "10.0.0.1", "7.4-alpine", "a_1"})
  void otherStringsAreNot(String text) {
    assertEquals(text + "\n", YamlWriter.write(text));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"0440", "1e3", "0.50", "yes", "\"yes\"", "-1", "null", "\"0440\"", "true"})
  void scalarsOfADocumentStayAsTheyAreWritten(String written) {
    var text = "key: " + written + "\n";
    var root =
        switch (Yaml.read(new SourceFile("f", text))) {
          case Parsed.Valid<YamlNode>(var node, _) -> (Mapping) node;
          case Parsed.Invalid<YamlNode>(var problems) -> throw new AssertionError(problems);
        };
    assertEquals(text, YamlWriter.write(Map.of("key", root.entries().getFirst().value())));
    assertEquals(
        "- " + written + "\n", YamlWriter.write(List.of(root.entries().getFirst().value())));
  }
}
