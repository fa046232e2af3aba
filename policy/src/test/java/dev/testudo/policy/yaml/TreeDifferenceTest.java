package dev.testudo.policy.yaml;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.testudo.policy.source.Parsed;
import dev.testudo.policy.source.SourceFile;
import java.util.List;
import org.junit.jupiter.api.Test;

class TreeDifferenceTest {
  private static YamlNode tree(String yaml) {
    return Yaml.read(new SourceFile("test", yaml)) instanceof Parsed.Valid<YamlNode>(var node, _)
        ? node
        : org.junit.jupiter.api.Assertions.fail(yaml);
  }

  private static List<String> between(String before, String after) {
    return TreeDifference.between(tree(before), tree(after), 5).stream()
        .map(change -> change.kind() + " " + change.path())
        .toList();
  }

  @Test
  void layoutAndOrderAreNoDifference() {
    assertEquals(
        List.of(), between("a: [x, 1]\nb: {c: d}\n", "# hello\nb:\n  c: d\na:\n- x\n- 1\n"));
    assertEquals(List.of(), between("l: [{name: a}, {name: b}]", "l: [{name: b}, {name: a}]"));
  }

  @Test
  void placesAreNamed() {
    assertEquals(
        List.of(
            "CHANGED services[web].command[2]",
            "ADDED services[web].environment.PORT",
            "ADDED services[db]",
            "REMOVED services[old]",
            "REMOVED secrets"),
        between(
            "services: [{name: old}, {name: web, command: [a, b], environment: {}}]\nsecrets: []",
            "services: [{name: web, command: [a, c], environment: {PORT: 1}}, {name: db}]"));
  }

  @Test
  void aQuotedNumberIsAnotherValue() {
    assertEquals(List.of("CHANGED v"), between("v: 1", "v: '1'"));
  }

  @Test
  void noMoreThanTheLimitIsReported() {
    assertEquals(5, between("{}", "{a: 1, b: 2, c: 3, d: 4, e: 5, f: 6}").size());
  }
}
