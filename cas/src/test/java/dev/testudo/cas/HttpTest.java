package dev.testudo.cas;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.testudo.cas.admission.Limit;
import dev.testudo.trust.channel.ChannelTls;
import dev.testudo.trust.json.JsonMembers;
import dev.testudo.trust.pki.Identity;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.security.cert.X509Certificate;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManager;
import javax.net.ssl.X509ExtendedTrustManager;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Assertions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Raw requests over TLS, as strangers can send them and our client never does.
class HttpTest {
  @TempDir private Path state;
  private TestCas cas;

  @BeforeEach
  void start() throws IOException {
    cas = new TestCas(state);
    cas.create("name: a\nversion: 0.3\nsecrets: [{name: p, kind: ascii, export_public: true}]\n");
  }

  @AfterEach
  void stop() throws IOException {
    cas.close();
  }

  /// An answer.
  ///
  /// @param headers the headers by name in lower case
  private record Answer(int status, Map<String, String> headers, String body, String whole) {
    static Answer of(String whole) {
      var head = whole.split("\r\n\r\n", 2);
      var lines = head[0].split("\r\n", -1);
      var headers = new HashMap<String, String>();
      for (var line : List.of(lines).subList(1, lines.length)) {
        var header = line.split(": *", 2);
        headers.put(header[0].toLowerCase(Locale.ROOT), header[1]);
      }
      var status = Integer.parseInt(lines[0].replaceFirst("^HTTP/1.1 ([0-9]{3}) .*$", "$1"));
      return new Answer(status, headers, head[1], whole);
    }

    JsonMembers json() throws IOException {
      return JsonMembers.read(body.getBytes(StandardCharsets.UTF_8), 1 << 20, "body");
    }

    String error() throws IOException {
      return json().text("error");
    }
  }

  private Answer send(SSLContext tls, String head, byte[] body) throws IOException {
    try (var socket =
        (SSLSocket) tls.getSocketFactory().createSocket("127.0.0.1", cas.address().port())) {
      socket.setSoTimeout(60_000);
      var out = socket.getOutputStream();
      var text =
          "%s\r\nhost: cas\r\nconnection: close\r\ncontent-length: %d\r\n\r\n"
              .formatted(head, body.length);
      out.write(text.getBytes(StandardCharsets.ISO_8859_1));
      try {
        out.write(body);
        out.flush();
      } catch (IOException e) {
        // The server may answer and close before it has read everything.
      }
      return Answer.of(new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8));
    }
  }

  private Answer send(String head) throws IOException {
    return send(
        ChannelTls.client(cas.server().keyHash(), Identity.ephemeral("x")), head, new byte[0]);
  }

  private static SSLContext anonymous() {
    try {
      var context = SSLContext.getInstance("TLS");
      context.init(null, new TrustManager[] {new TrustsAnybody()}, new SecureRandom());
      return context;
    } catch (GeneralSecurityException e) {
      throw new AssertionError(e);
    }
  }

  private static final class TrustsAnybody extends X509ExtendedTrustManager {
    @Override
    public void checkClientTrusted(X509Certificate[] chain, String type) {}

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String type, Socket socket) {}

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String type, SSLEngine engine) {}

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String type) {}

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String type, Socket socket) {}

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String type, SSLEngine engine) {}

    @Override
    public X509Certificate[] getAcceptedIssuers() {
      return new X509Certificate[0];
    }
  }

  private static void assertAnswer(int status, Answer answer) {
    assertEquals(status, answer.status(), answer.whole());
  }

  private static void assertRefused(Answer answer) {
    assertEquals(4, answer.status() / 100, answer.whole());
    assertFalse(answer.whole().toLowerCase(Locale.ROOT).contains("jetty"), answer.whole());
  }

  @Test
  void anybodyMayAskForHealthVersionAndPublicValues() throws IOException {
    assertAnswer(200, send(anonymous(), "GET /healthz HTTP/1.1", new byte[0]));
    assertAnswer(200, send(anonymous(), "GET /v1/version HTTP/1.1", new byte[0]));
    assertAnswer(200, send(anonymous(), "GET /v1/values/session=a,secret=p HTTP/1.1", new byte[0]));
    var all = send(anonymous(), "GET /v1/values/session=a HTTP/1.1", new byte[0]);
    assertEquals("ascii", all.json().object("values").object("p").text("kind"));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "POST /v1/sessions",
        "POST /session",
        "GET /v1/sessions/a",
        "POST /v1/attestation/nonce",
        "POST /v1/attestation"
      })
  void everythingElseNeedsACertificate(String request) throws IOException {
    var answer = send(anonymous(), request + " HTTP/1.1", new byte[0]);
    assertAnswer(401, answer);
    assertEquals("certificate-needed", answer.error());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "GET /",
        "GET /v1/sessions?namespace=%61",
        "GET /v1/sessions/",
        "GET /v1/sessions/a/",
        "GET /v1/sessions//a",
        "GET /v1/sessions/../sessions/a",
        "GET /v1/sessions/./a",
        "GET /v1/sessions/%61",
        "GET /v1/sessions/a%2f..%2fb",
        "GET /v1/sessions/a%00",
        "GET /v1/sessions/a;x=y",
        "GET /v1/sessions/a?hash=zz",
        "GET /v1/sessions/a?hash=",
        "GET /v1/values/",
        "GET /v1/values/session=a,session=a",
        "GET /v1/values/session=a,other=b",
        "GET /v1/values/secret=p",
        "GET /v1/values/session=a,secret=p%20",
        "HEAD /v1/values/session=a",
        "PUT /v1/sessions",
        "DELETE /v1/sessions/a",
        "TRACE /healthz",
        "GET /v1/../v1/version"
      })
  void pathsInAnyOtherSpellingAreRefused(String request) throws IOException {
    assertRefused(send(request + " HTTP/1.1"));
  }

  @Test
  void tooMuchIsRefused() throws IOException {
    var tls = ChannelTls.client(cas.server().keyHash(), Identity.ephemeral("x"));
    assertAnswer(413, send(tls, "POST /v1/sessions HTTP/1.1", new byte[(1 << 20) + 1]));
    var header = "GET /healthz HTTP/1.1\r\nx: " + "y".repeat(20_000);
    assertAnswer(431, send(header));
    assertRefused(send("GET /" + "y".repeat(20_000) + " HTTP/1.1"));
  }

  @Test
  void publicValuesThatWereNeverMadeAreNamedAndTheOthersAnswered() throws IOException {
    cas.create(
        """
        name: b
        version: 0.3
        secrets:
          - {name: ca, import: {session: c, secret: ca}}
          - {name: key, kind: private-key}
          - {name: crt, kind: x509, private_key: key, issuer: ca, common_name: b, export_public: true}
          - {name: p, kind: ascii, export_public: true}
        """);
    var all = send(anonymous(), "GET /v1/values/session=b HTTP/1.1", new byte[0]);
    assertAnswer(200, all);
    assertEquals("ascii", all.json().object("values").object("p").text("kind"));
    assertEquals(List.of("crt"), all.json().texts("missing"));
    var one = send(anonymous(), "GET /v1/values/session=b,secret=crt HTTP/1.1", new byte[0]);
    assertAnswer(403, one);
    cas.create(
        """
        name: c
        version: 0.3
        secrets:
          - {name: key, kind: private-key}
          - {name: ca, kind: x509-ca, private_key: key, export: {session: b}}
        """);
    var still = send(anonymous(), "GET /v1/values/session=b HTTP/1.1", new byte[0]);
    assertEquals(List.of("crt"), still.json().texts("missing"), "asking makes nothing");
  }

  @ParameterizedTest
  @ValueSource(strings = {"HTTP/1.9", "HTTP/2.0", "HTTP/3.0"})
  void anotherVersionOfHttpIsRefused(String version) throws IOException {
    var answer = send("GET /v1/version " + version);
    assertAnswer(505, answer);
    assertEquals("malformed-request", answer.error());
    requestId(answer);
    assertFalse(answer.whole().toLowerCase(Locale.ROOT).contains("jetty"), answer.whole());
  }

  @Test
  void everyAnswerNamesItsRequest() throws IOException {
    var good = requestId(send("GET /v1/version HTTP/1.1"));
    for (var request :
        List.of("GET /v1/sessions/nosuch HTTP/1.1", "GET /v1/../v1/version HTTP/1.1")) {
      var answer = send(request);
      var refused = requestId(answer);
      assertNotEquals(good, refused);
      assertEquals(refused, answer.json().text("request"));
    }
  }

  private static String requestId(Answer answer) {
    var id = answer.headers().getOrDefault("x-request-id", "");
    assertTrue(id.matches("[0-9a-f]{16}"), answer.whole());
    return id;
  }

  @Test
  void bytesThatAreNotTextAreRefused() throws IOException {
    var tls = ChannelTls.client(cas.server().keyHash(), Identity.ephemeral("x"));
    var answer = send(tls, "POST /v1/sessions HTTP/1.1", new byte[] {'a', (byte) 0xff});
    assertAnswer(400, answer);
    assertEquals("malformed-request", answer.error());
  }

  @Test
  void olderTlsIsRefused() throws IOException {
    try (var socket =
        (SSLSocket)
            anonymous().getSocketFactory().createSocket("127.0.0.1", cas.address().port())) {
      socket.setEnabledProtocols(new String[] {"TLSv1.2"});
      Assertions.assertThrows(SSLException.class, socket::startHandshake);
    }
  }

  @Test
  void answersAreNotToBeKeptAndNameNoServer() throws IOException {
    var answer = send("GET /v1/version HTTP/1.1");
    assertEquals("no-store", answer.headers().get("cache-control"));
    assertFalse(answer.headers().containsKey("server"), answer.whole());
    assertFalse(answer.whole().toLowerCase(Locale.ROOT).contains("jetty"), answer.whole());
  }

  @Test
  void connectionsThatAreOverTakeNoPlacesFromTheirAddress() throws IOException {
    for (var i = 0; i < 2 * Limit.ADDRESS_CONNECTIONS.value(); i++) {
      try (var socket = new Socket(InetAddress.getLoopbackAddress(), cas.address().port())) {
        assertTrue(socket.isConnected());
      }
    }
    for (var i = 0; i < 20; i++) {
      assertAnswer(200, send("GET /healthz HTTP/1.1"));
    }
  }
}
