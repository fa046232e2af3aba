package dev.testudo.policy.substitution;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;

import dev.testudo.policy.Cases;
import dev.testudo.policy.source.Parsed;
import dev.testudo.policy.source.Problems;
import dev.testudo.policy.source.SourceFile;
import dev.testudo.policy.yaml.Yaml;
import dev.testudo.policy.yaml.YamlNode;
import dev.testudo.policy.yaml.YamlWriter;
import java.util.LinkedHashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;

class SessionTemplateTest {

  private static String expand(String text, Map<String, String> variables) {
    return switch (SessionTemplate.expand(new SourceFile("t.yaml", text), variables)) {
      case Parsed.Valid<SourceFile>(var source, _) -> source.text();
      case Parsed.Invalid<SourceFile>(var problems) -> throw new AssertionError(problems);
    };
  }

  @Test
  void commentsAndLayoutStay() {
    assertEquals(
        "# $A stays\nname:   x/y   # comment\nlist: [ 1, two ]\n",
        expand(
            "# $A stays\nname:   $A   # comment\nlist: [ 1, $B ]\n",
            Map.of("A", "x/y", "B", "two")));
  }

  @Test
  void aValueGetsQuotesWhereItNeedsThem() {
    assertEquals(
        "a: \"x: # y\"\nb: \"\\\"\"\n",
        expand("a: $A\nb: '$B'\n", Map.of("A", "x: # y", "B", "\"")));
  }

  @Test
  void aTildeBecomesNothing() {
    assertEquals("predecessor: ~\n", expand("predecessor: $P\n", Map.of("P", "~")));
  }

  @Test
  void doubledDollarsAndPlaceholdersOfSecretsStay() {
    var text = "a: $$SCONE::x$$$$SCONE::y:hex$$ $# $1 $$HOME\n";
    assertEquals(text, expand(text, Map.of("SCONE", "no", "HOME", "no")));
  }

  @Test
  void textAndTreeAreExpandedAlike() {
    Cases.check(
        cases -> {
          Map<String, String> variables = new LinkedHashMap<>();
          for (var name : new String[] {"A", "B", "C"}) {
            variables.put(
                name, cases.text(4, "x", " ", ": ", "#", "\"", "'", "\n", "7", "~", "$", "ü"));
          }
          Map<String, Object> document = new LinkedHashMap<>();
          for (var key : new String[] {"k", "l", "m"}) {
            document.put(
                key, cases.text(4, "${A}", "$B/", "$C ", "t", " ", "$$", "$#", "\n", "- "));
          }
          var source = new SourceFile("t.yaml", YamlWriter.write(document));
          var root = tree(source);
          var problems = new Problems();
          var expected = SessionTemplate.expand(root, variables, problems);
          assertEquals(java.util.List.of(), problems.found());
          var text = expand(source.text(), variables);
          assertEquals(expected.plain(), tree(new SourceFile("u.yaml", text)).plain(), text);
        });
  }

  private static YamlNode tree(SourceFile source) {
    return assertInstanceOf(Parsed.Valid.class, Yaml.read(source)).value() instanceof YamlNode node
        ? node
        : new YamlNode.Sequence(source.whole(), java.util.List.of());
  }
}
