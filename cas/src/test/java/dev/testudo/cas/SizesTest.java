package dev.testudo.cas;

import static dev.testudo.cas.Refusals.diagnostics;
import static dev.testudo.cas.Refusals.notDelivered;
import static dev.testudo.cas.Refusals.refused;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import org.junit.jupiter.api.Test;

/// Small requests that would cause large answers.
class SizesTest extends WithTestCas {
  @Test
  void aLongValueNamedThousandsOfTimesIsRefusedBeforeItIsWritten() throws IOException {
    var value = "secrets: [{name: b, kind: ascii, value: \"" + "x".repeat(400_000) + "\"}]\n";
    var session = TestCas.showing("bomb", "$$SCONE::b$$".repeat(3000), value);
    cas.create(session);
    notDelivered("too-large", () -> cas.fetch("bomb/s"));
    cas.create(TestCas.showing("small", "$$SCONE::b$$".repeat(3), value));
    assertEquals(1_200_000, cas.shown("small").length());
  }

  @Test
  void mistakesInALongLineMakeAShortAnswer() {
    var yaml =
        "name: a\nversion: 0.3\nservices: [%s] # %s\n"
            .formatted("{z: 1}, ".repeat(120) + "{z: 1}", "x".repeat(1_000_000));
    var e = refused("invalid-session", () -> cas.create(yaml));
    var text = e.problem().text();
    assertTrue(text.length() < 200_000, text.length() + " characters");
    var shown = diagnostics(e.problem());
    assertTrue(shown.contains("unknown-key session:3:13"), shown.toString());
    assertTrue(shown.size() < 121, shown.size() + " of 121 are shown");
  }

  @Test
  void moreThanAMegabyteIsNotGenerated() {
    var secrets = new StringBuilder("name: a\nversion: 0.3\nsecrets:\n");
    for (var i = 0; i < 17; i++) {
      secrets.append("  - {name: s%d, kind: ascii, size: 65536}\n".formatted(i));
    }
    refused("invalid-session", () -> cas.create(secrets.toString()));
  }
}
