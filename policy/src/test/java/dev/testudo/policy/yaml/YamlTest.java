package dev.testudo.policy.yaml;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.testudo.policy.Cases;
import dev.testudo.policy.source.Diagnostic;
import dev.testudo.policy.source.DiagnosticId;
import dev.testudo.policy.source.Parsed;
import dev.testudo.policy.source.SourceFile;
import dev.testudo.policy.yaml.YamlNode.Mapping;
import dev.testudo.policy.yaml.YamlNode.Scalar;
import dev.testudo.policy.yaml.YamlNode.ScalarType;
import dev.testudo.policy.yaml.YamlNode.Sequence;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Assertions;
import org.junit.jupiter.api.Test;

class YamlTest {

  private static YamlNode read(String text) {
    return switch (Yaml.read(new SourceFile("t.yaml", text))) {
      case Parsed.Valid<YamlNode>(var node, _) -> node;
      case Parsed.Invalid<YamlNode>(var problems) -> throw new AssertionError(problems);
    };
  }

  private static Diagnostic onlyProblem(String text) {
    var problems = Yaml.read(new SourceFile("t.yaml", text)).diagnostics();
    assertEquals(1, problems.size(), problems.toString());
    return problems.getFirst();
  }

  @Test
  void unquotedScalarsLookLikeWhatYaml12SaysAndKeepTheirText() {
    var types = new LinkedHashMap<String, ScalarType>();
    types.put("0.3", ScalarType.FLOAT);
    types.put("0.30", ScalarType.FLOAT);
    types.put("0.3.10", ScalarType.STRING);
    types.put("443", ScalarType.INTEGER);
    types.put("0o400", ScalarType.INTEGER);
    types.put("true", ScalarType.BOOLEAN);
    types.put("no", ScalarType.STRING);
    types.put("~", ScalarType.NULL);
    types.put("null", ScalarType.NULL);
    types.put("'443'", ScalarType.STRING);
    types.put("$#", ScalarType.STRING);
    types.forEach(
        (text, type) -> {
          var scalar = assertInstanceOf(Scalar.class, read(text));
          assertEquals(type, scalar.type(), text);
          assertEquals(text.replace("'", ""), scalar.text());
        });
  }

  @Test
  void aKeyWithoutAValueIsNull() {
    var mapping = assertInstanceOf(Mapping.class, read("env:\nother: 1\n"));
    assertTrue(mapping.entry("env").orElseThrow().value().isNull());
  }

  @Test
  void deepNestingIsRefusedQuickly() {
    Assertions.assertTimeoutPreemptively(
        Duration.ofSeconds(10),
        () -> {
          var problem = onlyProblem("[".repeat(Yaml.MAX_SIZE));
          assertEquals(DiagnosticId.YAML_LIMIT, problem.id());
          assertEquals(Yaml.MAX_DEPTH + 1, problem.span().column());
        });
    read("[".repeat(Yaml.MAX_DEPTH) + "]".repeat(Yaml.MAX_DEPTH));
  }

  @Test
  void aliasesThatMultiplyAreRefused() {
    var text = new StringBuilder("- &a0 [x, x, x, x, x, x, x, x, x, x]\n");
    for (var i = 1; i < 12; i++) {
      text.append("- &a%d [*a%d, *a%d, *a%d]\n".formatted(i, i - 1, i - 1, i - 1));
    }
    assertEquals(DiagnosticId.YAML_LIMIT, onlyProblem(text.toString()).id());
  }

  @Test
  void anAliasOfItselfIsRefused() {
    assertEquals(DiagnosticId.YAML_SYNTAX, onlyProblem("&a [*a]").id());
  }

  @Test
  void largeTextIsRefused() {
    assertEquals(DiagnosticId.YAML_LIMIT, onlyProblem("x".repeat(Yaml.MAX_SIZE + 1)).id());
    read("x".repeat(Yaml.MAX_SIZE));
  }

  @Test
  void aByteOrderMarkIsNoPartOfTheText() {
    var mapping = assertInstanceOf(Mapping.class, read("\uFEFFname: a\n"));
    assertEquals("name", mapping.entries().getFirst().key().text());
  }

  @Test
  void charactersThatCannotStandInYamlAreShown() {
    var problem = onlyProblem("a: b\nc: \u0007\n");
    assertEquals("U+0007 is not allowed in YAML", problem.message());
    assertEquals(2, problem.span().line());
  }

  /// The text of a span reads back as the node's value.
  @Test
  void spansCoverWhatIsWritten() {
    Cases.check(
        cases -> {
          var text = YamlWriter.write(value(cases, 3));
          assertSpansReadBack(read(text), text);
        });
  }

  private static void assertSpansReadBack(YamlNode node, String text) {
    switch (node) {
      case Mapping(var span, var entries) -> {
        for (var entry : entries) {
          assertTrue(span.start() <= entry.key().span().start(), text);
          assertTrue(entry.value().span().end() <= span.end(), text);
          assertSpansReadBack(entry.key(), text);
          assertSpansReadBack(entry.value(), text);
        }
      }
      case Sequence(var span, var items) -> {
        for (var item : items) {
          assertTrue(span.start() <= item.span().start(), text);
          assertTrue(item.span().end() <= span.end(), text);
          assertSpansReadBack(item, text);
        }
      }
      case Scalar(var span, var value, _) -> {
        var written = span.text();
        if (!written.startsWith("|")) {
          var again = assertInstanceOf(Scalar.class, read(written.isEmpty() ? "~" : written));
          assertEquals(value, written.isEmpty() ? "" : again.text(), text);
        }
      }
    }
  }

  /// Written YAML reads back as the value written.
  @Test
  void whatIsWrittenReadsBack() {
    Cases.check(
        cases -> {
          var value = value(cases, 3);
          assertEquals(value, read(YamlWriter.write(value)).plain());
        });
  }

  private static Object value(Cases cases, int depth) {
    return switch (depth == 0 ? 0 : cases.below(3)) {
      case 1 -> {
        List<Object> list = new ArrayList<>();
        for (var i = cases.below(4); i > 0; i--) {
          list.add(value(cases, depth - 1));
        }
        yield list;
      }
      case 2 -> {
        Map<String, Object> map = new LinkedHashMap<>();
        for (var i = cases.below(4); i > 0; i--) {
          map.put(cases.name(), value(cases, depth - 1));
        }
        yield map;
      }
      default -> scalar(cases);
    };
  }

  private static Object scalar(Cases cases) {
    return switch (cases.below(8)) {
      case 0 -> (long) cases.below(1000);
      case 1 -> cases.below(2) == 0;
      default ->
          cases.text(
              6,
              "a",
              "B",
              " ",
              "\n",
              "7",
              ".",
              ":",
              ": ",
              " #",
              "-",
              "'",
              "\"",
              "\\",
              "🐢",
              "ü",
              "$$SCONE::x$$",
              "{{y}}",
              "{",
              "[",
              "*",
              "&",
              "!",
              "%",
              "@",
              "\t",
              "~",
              "null",
              "0o1",
              "1e3",
              "\u0085",
              "\u2028",
              "\r");
    };
  }
}
