package dev.testudo.cas;

import static dev.testudo.cas.Refusals.refused;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.testudo.trust.pki.Identity;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.sql.DriverManager;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/// Limits on what one session costs, and who bears that cost.
class KeysAndRevisionsTest extends WithTestCas {
  private static String keys(String name, int count, String type) {
    return "name: %s\nversion: \"0.3.10\"\nsecrets:\n".formatted(name)
        + IntStream.range(0, count)
            .mapToObj(i -> "  - {name: k%d, kind: private-key, key_type: %s}%n".formatted(i, type))
            .collect(Collectors.joining());
  }

  @Test
  void aSlowOrderForKeysDelaysNobodyElse() throws Exception {
    cas.create(TestCas.showing("a", "$$SCONE::p$$", "secrets: [{name: p, kind: ascii}]\n"));
    cas.fetch("a/s"); // the first one takes longest
    var order =
        CompletableFuture.supplyAsync(
            () -> {
              try (var client = cas.client(Identity.ephemeral("stranger"))) {
                return client.createSession(keys("b", 4, "RSA-3072"));
              } catch (IOException e) {
                throw new IllegalStateException(e);
              }
            });
    var served = 0;
    while (!order.isDone()) {
      cas.fetch("a/s");
      if (!order.isDone()) {
        served++;
      }
    }
    assertEquals(64, order.get().length());
    assertTrue(served >= 3, "served meanwhile: " + served);
  }

  @Test
  void aSessionGetsABoundedNumberOfKeys() throws IOException {
    refused("invalid-session", () -> cas.create(keys("a", 9, "RSA-2048")));
    refused("invalid-session", () -> cas.create(keys("a", 65, "P-256")));
    assertEquals(64, cas.create(keys("a", 64, "P-256")).length());
  }

  @Test
  void aSessionThatCanNeverWorkIsNotTaken() throws IOException {
    var authority = Identity.ephemeral("authority").toPem();
    var pem = authority.reveal(bytes -> new String(bytes, StandardCharsets.US_ASCII));
    var certificate = pem.substring(pem.indexOf("-----BEGIN CERT")).indent(6);
    var yaml =
        """
        name: a
        version: "0.3.10"
        secrets:
          - name: ca
            kind: x509-ca
            value: |
        %s
          - {name: k, kind: private-key}
          - {name: c, kind: x509, private_key: k, issuer: ca, common_name: c}
        """
            .formatted(certificate.stripTrailing());
    var refusal = refused("invalid-session", () -> cas.create(yaml));
    assertEquals(
        "session `a` can never work: certificate `c` cannot be issued: its issuer's private key is not available",
        refusal.problem().text());
    refused("unknown-session", () -> cas.client(cas.owner).readSession("a"));
  }

  /// Returns the JDBC URL of the database.
  String database() {
    return "jdbc:sqlite:" + state.resolve("cas.db");
  }

  @Test
  void oldRevisionsAndValuesThatNobodyUsesAreForgotten() throws Exception {
    var hashes = new ArrayList<String>();
    for (var i = 0; i < 20; i++) {
      var text =
          "name: a\nversion: \"0.3.10\"\nsecrets: [{name: k, kind: private-key}]\n# %d\n"
              .formatted(i);
      hashes.add(i == 0 ? cas.create(text) : cas.update("a", text));
    }
    try (var client = cas.client(cas.owner)) {
      assertEquals(hashes.getLast(), client.readSession("a").hash());
      assertEquals(hashes.get(4), client.readSession("a", hashes.get(4)).hash());
      refused("unknown-session", () -> client.readSession("a", hashes.get(3)));
    }
    cas.restart();
    cas.server().close();
    try (var connection = DriverManager.getConnection(database());
        var statement = connection.createStatement();
        var rows = statement.executeQuery("SELECT count(*) FROM secret")) {
      assertTrue(rows.next());
      assertEquals(16, rows.getInt(1));
    }
    assertFalse(Files.readString(state.resolve("audit.jsonl")).isEmpty());
    cas.restart();
  }

  @Test
  void anImportThatIsNotThereYetIsAWarning() throws IOException {
    var warnings = new ArrayList<String>();
    try (var client = cas.client(cas.owner)) {
      client.onWarning(warnings::add);
      client.createSession(
          "name: a\nversion: \"0.3.10\"\nsecrets: [{name: p, import: {session: b, secret: q}}]\n");
    }
    assertEquals(
        List.of("session `a` cannot import `p`: session `b` does not exist (session:3:18)"),
        warnings);
  }
}
