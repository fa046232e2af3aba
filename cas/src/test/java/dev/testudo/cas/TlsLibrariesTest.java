package dev.testudo.cas;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.testudo.cas.tls.HttpsEngines;
import dev.testudo.trust.channel.CasClient;
import dev.testudo.trust.pki.CertificateAuthority;
import dev.testudo.trust.pki.CertificateProfile;
import dev.testudo.trust.pki.Identity;
import dev.testudo.trust.pki.KeyAlgorithm;
import dev.testudo.trust.pki.SubjectName;
import dev.testudo.trust.pki.Validity;
import java.io.IOException;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// Clients of both TLS implementations. All other tests use the default.
class TlsLibrariesTest {
  @TempDir private Path state;

  @AfterEach
  void forget() {
    System.clearProperty(HttpsEngines.PROPERTY);
  }

  private TestCas start(String library) throws IOException {
    System.setProperty(HttpsEngines.PROPERTY, library);
    return new TestCas(state);
  }

  private static Identity client(KeyAlgorithm algorithm) {
    var random = new SecureRandom();
    var profile =
        new CertificateProfile.EndEntity(
            "client", List.of(new SubjectName.Dns("client")), Optional.empty());
    return CertificateAuthority.selfSigned(
        profile, algorithm.generate(random), Validity.since(Instant.now()), random);
  }

  @ParameterizedTest
  @CsvSource({
    "boringssl, P_256",
    "boringssl, P_384",
    "boringssl, RSA_2048",
    "jsse, P_256",
    "jsse, ED25519"
  })
  void aSessionBelongsToTheKeyOfTheConnection(String library, KeyAlgorithm algorithm)
      throws IOException {
    var me = client(algorithm);
    try (var cas = start(library);
        var mine = cas.client(me);
        var other = cas.client(client(algorithm))) {
      var hash = mine.createSession("name: a\nversion: 0.3\n");
      assertEquals(hash, mine.readSession("a").hash());
      Refusals.refused("not-permitted", () -> other.readSession("a"));
    }
  }

  @Test
  void boringSslRefusesKeysThatItDoesNotVerify() throws IOException {
    try (var cas = start("boringssl");
        var mine = cas.client(client(KeyAlgorithm.ED25519))) {
      assertThrows(IOException.class, () -> mine.createSession("name: a\nversion: 0.3\n"));
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"boringssl", "jsse"})
  void noTicketIsIssued(String library) throws IOException {
    try (var cas = start(library)) {
      var client =
          new ProcessBuilder(
                  "openssl", "s_client", "-ign_eof", "-connect", cas.address().toString())
              .redirectErrorStream(true)
              .start();
      try (var out = client.getOutputStream()) {
        out.write("GET /livez HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n".getBytes(US_ASCII));
      }
      var output = new String(client.getInputStream().readAllBytes(), US_ASCII);
      assertTrue(output.contains("HTTP/1.1 200"), output);
      assertFalse(output.contains("New Session Ticket"), output);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"boringssl", "jsse"})
  void aClientWithAnotherPinSendsNothing(String library) throws IOException {
    try (var cas = start(library);
        var client =
            new CasClient(cas.address(), client(KeyAlgorithm.P_256).keyHash(), cas.owner)) {
      assertThrows(IOException.class, () -> client.createSession("name: a\nversion: 0.3\n"));
    }
  }

  @Test
  void anUnknownLibraryIsRefused() {
    var refused = assertThrows(IOException.class, () -> start("openssl"));
    assertEquals(
        "TESTUDO_TLS_ENGINE is `openssl`; it can be `boringssl`, `jsse` or `auto`",
        refused.getMessage());
  }
}
