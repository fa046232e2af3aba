package dev.testudo.policy.substitution;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.testudo.policy.Cases;
import dev.testudo.policy.source.Problems;
import dev.testudo.policy.source.SourceFile;
import dev.testudo.policy.source.Text;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

class RuntimeTemplateTest {
  private final Problems problems = new Problems();

  private RuntimeTemplate parse(String text, String... defined) {
    return RuntimeTemplate.parse(Text.of(new SourceFile("t", text)), Set.of(defined), problems);
  }

  private Placeholder only(String text, String... defined) {
    var template = parse(text, defined);
    assertEquals(List.of(), problems.found());
    assertEquals(1, template.parts().size());
    return template.placeholders().getFirst();
  }

  @Test
  void aTextWithoutPlaceholdersIsOneLiteral() {
    var text = "costs $# and $$ and ${X} $$SCON::x$$";
    assertEquals(RuntimeTemplate.literal(text), parse(text));
    assertEquals(new RuntimeTemplate(List.of()), parse(""));
  }

  @Test
  void twoPlaceholdersMayStandSideBySide() {
    var template = parse("$$SCONE::key:pem$$$$SCONE::cert:crt$$", "key", "cert");
    assertEquals(2, template.parts().size());
    assertEquals(SecretFormat.PKCS8_PEM, template.placeholders().get(0).format());
    assertEquals(SecretFormat.CERTIFICATE_PEM, template.placeholders().get(1).format());
    assertEquals("KEYCERT", template.expand(p -> p.secret().value().toUpperCase(Locale.ROOT)));
  }

  @Test
  void theLongestNameThatIsDefinedWinsOverAnOldFormat() {
    assertEquals("flask.key", only("$$SCONE::flask.key$$", "flask", "flask.key").secret().value());
    var legacy = only("$$SCONE::flask.key$$", "flask");
    assertEquals("flask", legacy.secret().value());
    assertEquals(SecretFormat.CERTIFICATE_KEY_PEM, legacy.format());
    assertEquals(SecretFormat.LEGACY_CHAIN, only("$$SCONE::a.b.chain$$", "a.b").format());
    assertEquals(SecretFormat.CHAIN, only("$$SCONE::a.b:chain$$", "a.b").format());
    assertEquals(SecretFormat.HEX, only("$$SCONE::bytes.hex$$", "bytes").format());
  }

  @Test
  void allSpellingsOfAFormatMeanTheSame() {
    for (var spelling : List.of(":privatekey:pem", ":privatekey:pkcs8:pem", ".key")) {
      var placeholder = only("$$SCONE::c" + spelling + "$$", "c");
      assertEquals(SecretFormat.CERTIFICATE_KEY_PEM, placeholder.format());
      assertTrue(placeholder.format().revealsCertificateKey());
    }
    assertEquals(SecretFormat.DEFAULT, only("$$SCONE::c$$", "c").format());
  }

  @Test
  void theFilterComesLast() {
    var placeholder = only("$$SCONE::key:pem|escape(json)$$", "key");
    assertTrue(placeholder.escapeJson());
    assertFalse(only("$$SCONE::key:pem$$", "key").escapeJson());
  }

  @Test
  void whatIsPutInIsNotLookedAtAgain() {
    var template = parse("<$$SCONE::a$$>", "a", "b");
    assertEquals("<$$SCONE::b$$>", template.expand(_ -> "$$SCONE::b$$"));
  }

  @Test
  void aWrongPlaceholderStaysLiteralAndIsReported() {
    var text = "x $$SCONE::nope$$ y $$SCONE::a$$ z";
    var template = parse(text, "a");
    assertEquals("x $$SCONE::nope$$ y A z", template.expand(_ -> "A"));
    assertEquals(1, problems.found().size());
    assertEquals("nope", problems.found().getFirst().span().text());
  }

  @Test
  void eachPlaceholderIsFoundWhereItIsWritten() {
    Cases.check(
        cases -> {
          var names = new TreeSet<String>();
          for (var i = 0; i <= cases.below(4); i++) {
            names.add(cases.name());
          }
          var written = new StringBuilder();
          List<String> placeholders = new ArrayList<>();
          for (var i = cases.below(5); i >= 0; i--) {
            written.append(cases.text(3, "a", " ", "$", "#", "{{x}}", "🐢", "\n", "::", "SCONE"));
            if (written.toString().endsWith("$")) {
              written.append(' ');
            }
            var placeholder =
                "$$SCONE::%s%s$$"
                    .formatted(
                        cases.oneOf(List.copyOf(names)),
                        cases.oneOf("", ":pem", ":crt", ":hex", ":chain|escape(json)"));
            placeholders.add(placeholder);
            written.append(placeholder);
          }
          var found = new Problems();
          var source = new SourceFile("t", written.toString());
          var template = RuntimeTemplate.parse(Text.of(source), names, found);
          assertEquals(List.of(), found.found());
          assertEquals(
              placeholders, template.placeholders().stream().map(p -> p.span().text()).toList());
          assertEquals(written.toString(), template.expand(p -> p.span().text()));
        });
  }
}
