package dev.testudo.agent.attest.source;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.testudo.agent.attest.tpm.SoftwareTpm;
import dev.testudo.policy.evidence.Isolation;
import dev.testudo.trust.attest.evidence.Evidence;
import dev.testudo.trust.attest.evidence.Octets;
import dev.testudo.trust.attest.evidence.ReportData;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// A TPM in software with a report at Azure's index, and a metadata service of the test.
@Timeout(60)
class AzureVtpmTest {
  private static final ReportData DATA = new ReportData("ef".repeat(64));
  private static final int SNP = 2;
  private static final int TDX = 4;

  @TempDir private static Path directory;
  private static SoftwareTpm tpm;

  private final List<String> asked = new CopyOnWriteArrayList<>();
  private final List<String> answers = new CopyOnWriteArrayList<>();
  private ServerSocket service;

  @BeforeAll
  static void startTpm() throws Exception {
    tpm = SoftwareTpm.start(directory);
    tpm.attestationKey(directory, AzureVtpm.ATTESTATION_KEY);
  }

  @AfterAll
  static void stopTpm() {
    tpm.close();
  }

  @BeforeEach
  void startService() throws IOException {
    service = new ServerSocket(0, 10, InetAddress.getLoopbackAddress());
    Thread.ofPlatform().daemon().name("metadata").start(this::serve);
  }

  @AfterEach
  void stopService() throws IOException {
    service.close();
  }

  /// Answers each connection with the next answer, until the socket is closed.
  private void serve() {
    while (!service.isClosed()) {
      try (var connection = service.accept()) {
        connection.setSoTimeout(5000);
        var head = new StringBuilder();
        while (head.indexOf("\r\n\r\n") < 0) {
          head.append((char) connection.getInputStream().read());
        }
        var text = head.toString();
        var length =
            text.lines()
                .filter(line -> line.startsWith("Content-Length: "))
                .mapToInt(line -> Integer.parseInt(line.substring(16)))
                .findFirst()
                .orElse(0);
        var body = new String(connection.getInputStream().readNBytes(length), UTF_8);
        asked.add(text.lines().findFirst().orElseThrow() + body);
        connection.getOutputStream().write(answers.removeFirst().getBytes(US_ASCII));
      } catch (IOException _) {
        // The client went away, or the test has ended.
      }
    }
  }

  private static String answer(int status, String body) {
    return "HTTP/1.1 %d x\r\nContent-Length: %d\r\nConnection: close\r\n\r\n%s"
        .formatted(status, body.length(), body);
  }

  private MetadataService metadata() {
    return new MetadataService(URI.create("http://127.0.0.1:" + service.getLocalPort()));
  }

  /// An HCL report with little in it.
  private static byte[] report(int type) {
    var runtime = "{\"keys\":[]}".getBytes(US_ASCII);
    var report = ByteBuffer.allocate(32 + 1184 + 20 + runtime.length);
    report.order(ByteOrder.LITTLE_ENDIAN).put("HCLA".getBytes(US_ASCII));
    report.put(32, (byte) 0x55).put(32 + 1023, (byte) 0x66);
    report.position(32 + 1184).putInt(20 + runtime.length).putInt(1).putInt(type);
    return report.putInt(1).putInt(runtime.length).put(runtime).array();
  }

  private Optional<AzureVtpm> found(byte[] content) throws Exception {
    var where = "0x" + Integer.toHexString(AzureVtpm.REPORT_INDEX);
    tpm.index(directory, AzureVtpm.REPORT_INDEX, content, "ownerread|ownerwrite");
    indexed = where;
    return AzureVtpm.find(() -> tpm.connect(), metadata());
  }

  private String indexed = "";

  @AfterEach
  void removeIndex() throws Exception {
    if (!indexed.isEmpty()) {
      tpm.run(directory, "tpm2_nvundefine", "-C", "o", indexed);
    }
  }

  @Test
  void aReportOfSevSnpComesWithAQuoteAndTheCertificatesOfTheService() throws Exception {
    var report = report(SNP);
    var source = found(report).orElseThrow();
    assertEquals(Isolation.SEV_SNP, source.isolation());
    answers.add(
        answer(
            200,
            "{\"vcekCert\":\"leaf\\n\",\"tcbm\":\"db18\",\"certificateChain\":\"chain\\n\","
                + "\"cacheControl\":\"86400\"}"));
    var evidence = assertInstanceOf(Evidence.AzureSnp.class, source.request(DATA));
    assertEquals(Octets.of(report), evidence.hclReport());
    assertEquals("leaf\nchain\n", new String(evidence.certificates().toBytes(), US_ASCII));
    assertEquals(List.of("GET /metadata/THIM/amd/certification HTTP/1.1"), asked);
    assertTrue(evidence.quote().attest().hex().indexOf(DATA.tpmQualifyingData().hex()) > 0);
    assertEquals(256, evidence.quote().signature().length());
  }

  @Test
  void aReportOfTdxIsQuotedByTheService() throws Exception {
    var report = report(TDX);
    var source = found(report).orElseThrow();
    assertEquals(Isolation.TDX, source.isolation());
    answers.add(answer(200, "{\"quote\":\"BAACAA\"}"));
    var evidence = assertInstanceOf(Evidence.AzureTdx.class, source.request(DATA));
    assertEquals(Octets.ofHex("04000200"), evidence.tdQuote());
    var tdReport = Octets.of(report).slice(32, 1024).toBytes();
    var encoded = Base64.getUrlEncoder().withoutPadding().encodeToString(tdReport);
    assertEquals(
        List.of("POST /acc/tdquote HTTP/1.1{\"report\":\"%s\"}".formatted(encoded)), asked);
  }

  @Test
  void aTpmWithoutReportIsNoSourceAndOneWithSomethingElseIsRefused() throws Exception {
    assertEquals(Optional.empty(), AzureVtpm.find(() -> tpm.connect(), metadata()));
    var refused = assertThrows(IOException.class, () -> found("something else".getBytes(UTF_8)));
    assertEquals("NV index 0x1400001 of the TPM has no HCL report of Azure", refused.getMessage());
  }

  @Test
  void anUnknownTypeOfReportIsRefusedByNumber() {
    var refused = assertThrows(IOException.class, () -> found(report(3)));
    assertEquals("the HCL report of Azure is of type 3, not 2 or 4", refused.getMessage());
  }

  @Test
  void aServiceThatThrottlesIsAskedAgainAndOneThatRefusesIsNot() throws Exception {
    var source = found(report(TDX)).orElseThrow();
    answers.addAll(
        List.of(answer(429, ""), answer(503, "later"), answer(200, "{\"quote\":\"BAACAA\"}")));
    assertInstanceOf(Evidence.AzureTdx.class, Requests.make(source, DATA, _ -> {}));
    assertEquals(3, asked.size());
    answers.addAll(List.of(answer(403, ""), answer(200, "{\"quote\":\"BAACAA\"}")));
    assertThrows(IOException.class, () -> Requests.make(source, DATA, _ -> {}));
    assertEquals(4, asked.size());
  }

  @Test
  void answersThatAreTooLongOrMalformedAreRefused() throws Exception {
    var source = found(report(TDX)).orElseThrow();
    var long64 = "a".repeat(64 << 10);
    for (var body :
        List.of("{\"quote\":\"%s\"}".formatted(long64), "{\"quote\":\"*\"}", "[]", "{}", "")) {
      answers.add(answer(200, body));
      assertThrows(IOException.class, () -> source.request(DATA), body);
    }
  }
}
