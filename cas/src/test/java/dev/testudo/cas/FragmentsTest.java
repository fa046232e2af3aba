package dev.testudo.cas;

import static dev.testudo.cas.Refusals.notAttested;
import static dev.testudo.cas.Refusals.places;
import static dev.testudo.cas.Refusals.refused;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import dev.testudo.trust.pki.Identity;
import dev.testudo.trust.pki.KeyHash;
import dev.testudo.trust.secret.Secret;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// Config fragments and other secrets in the structure of a session.
class FragmentsTest extends WithTestCas {
  private static final String TOLERANT =
      "{attestation: {tolerate: [software-evidence]}, service_access_token: known-to-every-test}";
  private final Identity stranger = Identity.ephemeral("stranger.example");

  @BeforeEach
  void createNamespace() throws IOException {
    cas.create("name: m\nversion: 0.3\n");
  }

  /// Returns a session with a service that gets `V: delivered`.
  private static String session(String name, String attestation, String rest) {
    return """
        name: %s
        version: "0.3.11"
        services:
          - name: s
            command: prog
            environment: {V: delivered}
            attestation: %s
        %s
        """
        .formatted(name, attestation, rest);
  }

  private static String good() {
    return "[{mrenclave: %s}]".formatted(TestCas.GOOD.hex());
  }

  private static String owner(String value) {
    return "name: m/owner\nversion: 0.3.11\nsecrets:\n  - {name: f, kind: config-fragment, value: %s, export: {namespace: m}}\n"
        .formatted(value);
  }

  private static final String IMPORTED =
      "secrets: [{name: f, import: {session: m/owner, secret: f}}]\n";

  /// Returns why a service was refused, as the audit log says it. The service does not learn it.
  private List<String> details() throws IOException {
    notAttested(() -> cas.shown("m/a"));
    return AuditLog.lastRefusal(state).details();
  }

  private void assertDelivered() throws IOException {
    assertEquals("delivered", cas.shown("m/a"));
  }

  @Test
  void aWrittenFragmentIsPartOfThePolicy() throws IOException {
    cas.create(
        session(
            "m/a",
            "[$$SCONE::rules$$]",
            """
            secrets:
              - {name: rules, kind: config-fragment, value: [{mrenclave: %s}, {mrenclave: %s}]}
              - {name: words, kind: config-fragment, value: [software-evidence, debug-mode]}
            security:
              attestation: {tolerate: [hyperthreading, $$SCONE::words$$]}
              service_access_token: known-to-every-test
            """
                .formatted(TestCas.BAD.hex(), TestCas.GOOD.hex())));
    assertDelivered();
  }

  @Test
  void anImportedFragmentCountsAsItIsNow() throws IOException {
    cas.create(owner(TOLERANT));
    cas.create(session("m/a", good(), IMPORTED + "security: $$SCONE::f$$"));
    assertDelivered();
    cas.update("m/owner", owner(TOLERANT.replace("software-evidence", "debug-mode")));
    notAttested(() -> cas.shown("m/a"));
    cas.update("m/owner", owner(TOLERANT));
    assertDelivered();
    cas.restart();
    assertDelivered();
  }

  @Test
  void withoutItsFragmentASessionDeliversNothing() throws IOException {
    cas.create(
        session(
            "m/a",
            good(),
            IMPORTED
                + "security: {attestation: $$SCONE::f$$, service_access_token: known-to-every-test}"));
    var details = details();
    assertEquals(List.of("m/a:8:18"), places(details.getFirst()));
    cas.create(owner("{tolerate: software-evidence}"));
    assertDelivered();
  }

  @Test
  void aFragmentThatDoesNotFitIsRefusedWithoutShowingIt() throws IOException {
    cas.create(owner("{tolerate: [hidden-word]}"));
    cas.create(
        session(
            "m/a",
            good(),
            IMPORTED
                + "security: {attestation: $$SCONE::f$$, service_access_token: known-to-every-test}"));
    var details = details();
    assertFalse(details.toString().contains("hidden-word"));
    assertEquals(List.of("invalid-value (m/owner:4:57)"), details.subList(1, details.size()));
  }

  @Test
  void theRulesOfSessionsHoldForWhatIsInserted() throws IOException {
    cas.create(owner("{attestation: {tolerate: [software-evidence]}}"));
    cas.create(session("m/a", good(), IMPORTED + "security: $$SCONE::f$$"));
    var details = details();
    assertEquals(
        List.of("software-evidence-without-token (m/a:7:20)"), details.subList(1, details.size()));
    cas.update("m/owner", owner(TOLERANT));
    assertDelivered();
  }

  @Test
  void measurementsMayBeSecretsOfAnyTextFormat() throws IOException {
    cas.create(
        session(
            "m/a",
            "[{mrenclave: [$$SCONE::wrong$$, $$SCONE::bytes:hex$$]}]",
            """
            secrets:
              - {name: bytes, kind: binary, value: %s}
              - {name: wrong, kind: ascii, value: %s}
            security: %s
            """
                .formatted(TestCas.GOOD.hex(), TestCas.BAD.hex(), TOLERANT)));
    assertDelivered();
  }

  @Test
  void aGeneratedTokenIsAsSecretAsAWrittenOne() throws IOException {
    cas.create(
        session(
            "m/a",
            good(),
            """
            secrets: [{name: t, kind: ascii, size: 32, export_public: true}]
            security: {attestation: {tolerate: software-evidence}, service_access_token: $$SCONE::t$$}
            """));
    notAttested(() -> cas.shown("m/a"));
    var token = Secret.ofText(cas.publicValue("m/a", "t"));
    var configuration =
        cas.fetch(
            "m/a/s", report -> TestCas.evidence(TestCas.GOOD_IMAGE, report), Optional.of(token));
    assertEquals("delivered", configuration.environment().get("V"));
  }

  @Test
  void theCreatorInAnImportedAccessPolicyIsThatOfTheImporter() throws IOException {
    try (var client = cas.client(stranger)) {
      cas.update("m", "name: m\nversion: 0.3\naccess_policy: {create_sessions: ANY}\n");
      cas.create(owner("{read: [CREATOR], update: [CREATOR]}"));
      client.createSession(
          "name: m/b\nversion: 0.3.11\n" + IMPORTED + "access_policy: $$SCONE::f$$\n");
      assertEquals(64, client.readSession("m/b").hash().length());
      refused("not-permitted", () -> cas.client(cas.owner).readSession("m/b"));
      cas.update("m/owner", owner("{read: ANY}"));
      assertEquals(64, cas.client(cas.owner).readSession("m/b").hash().length());
      cas.update("m/owner", owner("{read: NONE}"));
      refused("not-permitted", () -> client.readSession("m/b"));
    }
  }

  @Test
  void aMissingEntryNamesNobodyAndAMissingPolicyRefusesEverybody() throws IOException {
    var header = "name: m/b\nversion: 0.3.11\n" + IMPORTED;
    cas.create(header + "access_policy: {read: [CREATOR, $$SCONE::f$$]}\n");
    refused("not-permitted", () -> cas.client(stranger).readSession("m/b"));
    var hash = KeyHash.of(stranger.certificate()).text();
    cas.create(owner("[%s]".formatted(hash)));
    assertEquals(64, cas.client(stranger).readSession("m/b").hash().length());
    cas.create(
        header.replace("m/b", "m/c").replace("secret: f", "secret: g")
            + "access_policy: $$SCONE::f$$\n");
    var refusal = refused("secret-unavailable", () -> cas.client(cas.owner).readSession("m/c"));
    assertEquals(List.of("m/c:3:18"), places(refusal.problem().problems().getFirst()));
  }

  @Test
  void whatIsInsertedIsNotExpandedAgain() throws IOException {
    refused("invalid-session", () -> cas.create(owner("{read: [$$SCONE::f$$]}")));
    refused("unknown-session", () -> cas.client(cas.owner).readSession("m/owner"));
    // The text of an ascii secret that looks like a placeholder names nobody.
    cas.create(
        """
        name: m/b
        version: 0.3.11
        secrets:
          - {name: who, kind: ascii, value: CREATOR}
          - {name: trick, kind: ascii, value: $$SCONE::who$$}
        access_policy: {read: $$SCONE::trick$$, update: CREATOR}
        """);
    refused("not-permitted", () -> cas.client(cas.owner).readSession("m/b"));
  }

  @Test
  void aPublicFragmentIsYaml() throws IOException {
    cas.create(owner("{read: [ANY], n: 1}").replace("export: ", "export_public: true, export: "));
    // Readers of YAML 1.1 would take `n` for false.
    assertEquals("read:\n  - ANY\n\"n\": 1\n", cas.publicValue("m/owner", "f"));
  }
}
