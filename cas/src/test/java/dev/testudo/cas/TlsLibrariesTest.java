package dev.testudo.cas;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.testudo.cas.admission.Limit;
import dev.testudo.cas.tls.HttpsEngines;
import dev.testudo.trust.channel.CasClient;
import dev.testudo.trust.channel.ChannelTls;
import dev.testudo.trust.pki.CertificateAuthority;
import dev.testudo.trust.pki.CertificateProfile;
import dev.testudo.trust.pki.Identity;
import dev.testudo.trust.pki.KeyAlgorithm;
import dev.testudo.trust.pki.SubjectName;
import dev.testudo.trust.pki.Validity;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
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

  /// The engine's report that a handshake is complete is sometimes lost: for about one connection
  /// in twenty, so there are many.
  @ParameterizedTest
  @ValueSource(strings = {"boringssl", "jsse"})
  @Timeout(120)
  void aConnectionThatMadeARequestIsNotClosedForASlowHandshake(String library) throws Exception {
    try (var cas = start(library)) {
      var tls = ChannelTls.client(cas.server().keyHash(), cas.owner).getSocketFactory();
      var connections = new ArrayList<Socket>();
      try {
        for (var i = 0; i < 100; i++) {
          var here = InetAddress.getByName("127.0.1." + (i + 1));
          var address = cas.address();
          connections.add(tls.createSocket(address.host(), address.port(), here, 0));
          assertTrue(answers(connections.getLast()));
        }
        Thread.sleep(Duration.ofSeconds(Limit.HANDSHAKE_SECONDS.value()).plusMillis(1500));
        var closed = 0;
        for (var connection : connections) {
          closed += answers(connection) ? 0 : 1;
        }
        assertEquals(0, closed, "connections were closed");
      } finally {
        for (var connection : connections) {
          connection.close();
        }
      }
    }
  }

  private static boolean answers(Socket connection) {
    try {
      connection.setSoTimeout(30_000);
      var request = "GET /livez HTTP/1.1\r\nHost: x\r\n\r\n";
      connection.getOutputStream().write(request.getBytes(US_ASCII));
      var in = connection.getInputStream();
      var head = new StringBuilder();
      while (head.indexOf("\r\n\r\n") < 0) {
        head.append((char) in.readNBytes(1)[0]);
      }
      var length = Pattern.compile("(?i)content-length: (\\d+)").matcher(head);
      assertTrue(length.find(), head.toString());
      in.skipNBytes(Long.parseLong(length.group(1)));
      return head.indexOf("HTTP/1.1 200 ") == 0;
    } catch (IOException | ArrayIndexOutOfBoundsException e) {
      return false;
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
