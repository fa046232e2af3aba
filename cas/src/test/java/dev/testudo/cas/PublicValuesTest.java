package dev.testudo.cas;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.testudo.trust.channel.CasException;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// Values that anybody may read.
class PublicValuesTest extends WithTestCas {
  private static final String SECRETS =
      """
      secrets:
        - {name: key, kind: private-key}
        - {name: ca, kind: x509-ca, private_key: key, export_public: true, valid_for: 1 days}
      """;

  @BeforeEach
  void register() throws IOException {
    cas.create(TestCas.showing("a", "$$SCONE::ca:crt$$", SECRETS));
  }

  @Test
  void askingAgainAndAgainMakesNoNewCertificate() throws IOException {
    var first = cas.publicValue("a", "ca");
    for (var i = 0; i < 5; i++) {
      cas.clock.advance(Duration.ofDays(2));
      assertEquals(first, cas.publicValue("a", "ca"), "expired, and as it is");
    }
  }

  @Test
  void aMisspeltNameIsCorrectedIfTheSecretIsPublic() {
    assertEquals(
        "session `a` has no public value of that name; did you mean `ca`?", refusalOf("cas"));
    for (var name : List.of("key", "kei", "other")) {
      assertEquals("session `a` has no public value of that name", refusalOf(name));
    }
  }

  private String refusalOf(String secret) {
    var refusal = assertThrows(CasException.class, () -> cas.publicValue("a", secret));
    assertEquals("unknown-value", refusal.problem().id());
    return refusal.problem().message();
  }

  @Test
  void aServiceThatAttestsGetsItRenewedAndThenEverybodySeesThat() throws IOException {
    var first = cas.publicValue("a", "ca");
    cas.clock.advance(Duration.ofDays(2));
    var renewed = cas.shown("a");
    assertNotEquals(first, renewed);
    assertEquals(renewed, cas.publicValue("a", "ca"));
  }
}
