package dev.testudo.policy.substitution;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.testudo.policy.Cases;
import dev.testudo.policy.source.Problems;
import dev.testudo.policy.source.SourceFile;
import dev.testudo.policy.source.Text;
import java.util.List;
import org.junit.jupiter.api.Test;

class MeshTemplateTest {
  private static String expand(String text) {
    var problems = new Problems();
    var template = MeshTemplate.parse(Text.of(new SourceFile("t", text)), problems);
    assertEquals(List.of(), problems.found());
    return template.expand(v -> "<" + v.name() + ">").value();
  }

  @Test
  void variablesAreReplaced() {
    assertEquals("a <host>:<cas.cas.cas_url> b", expand("a {{host}}:{{ cas.cas.cas_url }} b"));
  }

  @Test
  void rawTextStays() {
    assertEquals("<a> {{b}} <c>", expand("{{a}} {% raw %}{{b}}{% endraw %} {{c}}"));
  }

  @Test
  void aDefaultMayHoldVariables() {
    var text = new SourceFile("t", "{{port | default(value=\"{{other}}1\")}}");
    var template = MeshTemplate.parse(Text.of(text), new Problems());
    var variable = template.variables().getFirst();
    assertEquals("port", variable.name());
    assertEquals("other", variable.fallback().orElseThrow().variables().getFirst().name());
  }

  @Test
  void placeholdersOfSecretsAndSingleBracesStay() {
    var text = "$$SCONE::a:crt$$ {\"a\": {\"b\": 1}} $A ${B} }}";
    assertEquals(text, expand(text));
  }

  @Test
  void anyTextComesBackWhenVariablesStandForThemselves() {
    Cases.check(
        cases -> {
          var text = cases.text(8, "{{a}}", "{{ b-c.d }}", "x", " ", "}", "{ ", "$", "\n", "🐢");
          var problems = new Problems();
          var template = MeshTemplate.parse(Text.of(new SourceFile("t", text)), problems);
          assertEquals(text, template.expand(v -> v.span().text()).value());
        });
  }
}
