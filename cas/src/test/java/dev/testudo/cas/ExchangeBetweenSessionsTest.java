package dev.testudo.cas;

import static dev.testudo.cas.Refusals.notDelivered;
import static dev.testudo.cas.Refusals.places;
import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.testudo.trust.channel.Problem;
import dev.testudo.trust.pki.Identity;
import dev.testudo.trust.pki.Pem;
import dev.testudo.trust.pki.PkiException;
import dev.testudo.trust.pki.TrustAnchors;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Import and export, which both sessions must agree on.
class ExchangeBetweenSessionsTest {
  @TempDir private Path state;
  private TestCas cas;

  @BeforeEach
  void start() throws IOException {
    cas = new TestCas(state);
    cas.create("name: m\nversion: 0.3\n");
  }

  @AfterEach
  void stop() throws IOException {
    cas.close();
  }

  private static String exporter(String export) {
    return "name: m/redis\nversion: \"0.3.10\"\nsecrets:\n  - {name: p, kind: ascii%s}\n"
        .formatted(export);
  }

  private static String importer(String more) {
    return TestCas.showing(
        "m/api",
        "$$SCONE::p$$",
        "secrets:\n  - {name: p, import: {session: ../redis, secret: p%s}}\n".formatted(more));
  }

  /// Asserts that nothing is delivered. The test then adds what is missing, after which the same
  /// service gets its configuration.
  private Problem assertNothingIsDelivered() {
    return notDelivered("secret-unavailable", () -> cas.shown("m/api")).problem();
  }

  @Test
  void whatIsExportedToASiblingArrivesThere() throws IOException {
    cas.create(exporter(", export: {session: ../api}, export_public: true"));
    cas.create(importer(""));
    assertEquals(cas.publicValue("m/redis", "p"), cas.shown("m/api"));
  }

  @Test
  void anExportOfOneStringIsOne() throws IOException {
    cas.create(importer(""));
    for (var export : List.of("m/api", "../api", "/session=m/api")) {
      cas.create(exporter(", export_public: true"));
      assertNothingIsDelivered();
      cas.update("m/redis", exporter(", export: \"%s\", export_public: true".formatted(export)));
      assertEquals(cas.publicValue("m/redis", "p"), cas.shown("m/api"), export);
      cas.update("m/redis", exporter(", export_public: true"));
    }
  }

  @Test
  void anExportOfOneStringCanNameARevision() throws IOException {
    var hash = cas.create(importer(""));
    var pinned = ", export: \"/session=m/api,session_hash=%s\"";
    cas.create(exporter(pinned.formatted("0".repeat(64))));
    assertNothingIsDelivered();
    cas.update("m/redis", exporter(pinned.formatted(hash)));
    cas.shown("m/api");
  }

  @Test
  void theOrderOfRegistrationDoesNotMatter() throws IOException {
    cas.create(importer(""));
    assertNothingIsDelivered();
    cas.create(exporter(", export: {session: m/api}, export_public: true"));
    assertEquals(cas.publicValue("m/redis", "p"), cas.shown("m/api"));
  }

  @Test
  void withoutExportThereIsNoImport() throws IOException {
    cas.create(exporter(""));
    cas.create(importer(""));
    var refusal = assertNothingIsDelivered();
    assertEquals(List.of("m/redis:4:12", "m/api:16:12"), places(refusal.message()));
    cas.update("m/redis", exporter(", export: {session: ../api}"));
    cas.shown("m/api");
  }

  @Test
  void whatCannotBeHadNowIsToldAsThatAsOftenAsItIsNeeded() throws IOException {
    var warnings = new ArrayList<String>();
    try (var client = cas.client(cas.owner)) {
      client.onWarning(warnings::add);
      client.createSession(
          """
          name: m/api
          version: 0.3
          secrets:
            - {name: key, kind: private-key}
            - {name: first, kind: x509, private_key: key, issuer: ca, common_name: a}
            - {name: second, kind: x509, private_key: key, issuer: ca, common_name: b}
            - {name: ca, import: {session: m/ca, secret: ca}}
          """);
    }
    var missing =
        "session `m/api` cannot import `ca`: session `m/ca` does not exist (session:7:12)";
    assertEquals(Collections.nCopies(3, missing), warnings);
  }

  @Test
  void exportToAnotherSessionIsNotExportToThisOne() throws IOException {
    cas.create(
        exporter(
            ", export: [{session: ../ap}, {session: m/api/x}, {session: api}, {namespace: m/ap}]"));
    cas.create(importer(""));
    assertNothingIsDelivered();
    cas.update("m/redis", exporter(", export: [{session: ../ap}, {session: ../api}]"));
    cas.shown("m/api");
  }

  @Test
  void exportToANamespaceReachesAllBelowIt() throws IOException {
    cas.create(exporter(", export: {namespace: ..}, export_public: true"));
    cas.create(importer(""));
    assertEquals(cas.publicValue("m/redis", "p"), cas.shown("m/api"));
  }

  @Test
  void pinnedRevisionsMustMatch() throws IOException {
    var wrong = "0".repeat(64);
    var hash = cas.create(exporter(", export: {session: ../api}"));
    cas.create(importer(", session_hash: " + wrong));
    assertNothingIsDelivered();
    cas.update("m/api", importer(", session_hash: " + hash));
    cas.shown("m/api");
    cas.update("m/redis", exporter(", export: {session: ../api, session_hash: " + wrong + "}"));
    var importing = cas.update("m/api", importer(""));
    assertNothingIsDelivered();
    cas.update("m/redis", exporter(", export: {session: ../api, session_hash: " + importing + "}"));
    cas.shown("m/api");
  }

  @Test
  void aKindThatWasPromisedMustBeTheKindThatComes() throws IOException {
    cas.create(exporter(", export: {session: ../api}"));
    cas.create(
        importer("")
            .replace("{name: p, import", "{name: p, kind: x509, import")
            .replace("::p$$", "::p:crt$$"));
    assertNothingIsDelivered();
    cas.update("m/api", importer("").replace("{name: p, import", "{name: p, kind: ascii, import"));
    cas.shown("m/api");
  }

  private static final String CERTIFICATE =
      """
      name: m/redis
      version: "0.3.10"
      secrets:
        - {name: ca-key, kind: private-key%s}
        - {name: ca, kind: x509-ca, private_key: ca-key, export: {session: ../api}}
      """;

  @Test
  void aCertificateComesWithoutItsKeyUnlessThatIsExportedToo() throws IOException, PkiException {
    var importing =
        "secrets:\n  - {name: ca, kind: x509-ca, import: {session: m/redis, secret: ca}}\n";
    cas.create(CERTIFICATE.formatted(""));
    cas.create(TestCas.showing("m/api", "$$SCONE::ca:crt$$", importing));
    assertEquals("CERTIFICATE", label(cas.shown("m/api")));
    cas.update("m/api", TestCas.showing("m/api", "$$SCONE::ca:privatekey$$", importing));
    assertNothingIsDelivered();
    cas.update("m/redis", CERTIFICATE.formatted(", export: {session: ../api}"));
    assertEquals("PRIVATE KEY", label(cas.shown("m/api")));
  }

  /// Returns the label of the only block.
  private static String label(String pem) throws PkiException {
    var blocks = Pem.read(pem);
    assertEquals(1, blocks.size());
    return blocks.getFirst().label();
  }

  @Test
  void anImportedAuthoritySignsOnceItIsThere() throws IOException, PkiException {
    var importing =
        """
        secrets:
          - {name: ca, kind: x509-ca, import: {session: m/redis, secret: ca}}
          - {name: k, kind: private-key}
          - {name: c, kind: x509, private_key: k, issuer: ca, endpoint: client, common_name: api}
        """;
    cas.create(TestCas.showing("m/api", "$$SCONE::k$$$$SCONE::c$$$$SCONE::c:chain$$", importing));
    assertNothingIsDelivered();
    cas.create(
        CERTIFICATE
            .formatted(", export: {session: ../api}")
            .replace("{session: ../api}}\n", "{session: ../api}, export_public: true}\n"));
    var identity = Identity.fromPem(cas.shown("m/api"));
    assertEquals(
        TrustAnchors.fromPem(cas.publicValue("m/redis", "ca")).certificates(), identity.chain());
    assertEquals(identity.certificate(), Identity.fromPem(cas.shown("m/api")).certificate());
  }

  @Test
  void sessionsThatImportFromEachOtherInCirclesAreRefused() throws IOException {
    var circle =
        "name: m/%s\nversion: \"0.3.10\"\nsecrets:\n  - {name: p, import: {session: ../%s, secret: p}, export: {namespace: m}}\n";
    cas.create(circle.formatted("redis", "two"));
    cas.create(circle.formatted("two", "redis"));
    cas.create(importer(""));
    assertNothingIsDelivered();
    cas.update(
        "m/two", circle.formatted("two", "redis").replaceFirst("import: .*}, ", "kind: ascii, "));
    cas.shown("m/api");
  }
}
