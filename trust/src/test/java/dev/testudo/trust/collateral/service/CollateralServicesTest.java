package dev.testudo.trust.collateral.service;

import static dev.testudo.trust.fakes.FakeService.encoded;
import static dev.testudo.trust.fakes.FakeService.ok;
import static dev.testudo.trust.fakes.FakeService.reply;
import static java.nio.charset.StandardCharsets.US_ASCII;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.testudo.policy.evidence.SnpTcb;
import dev.testudo.trust.attest.collateral.Document;
import dev.testudo.trust.attest.evidence.DocumentId;
import dev.testudo.trust.attest.evidence.DocumentId.PckCa;
import dev.testudo.trust.attest.evidence.DocumentId.SnpKey;
import dev.testudo.trust.attest.evidence.DocumentId.Tee;
import dev.testudo.trust.attest.evidence.Octets;
import dev.testudo.trust.collateral.CollateralException;
import dev.testudo.trust.collateral.CollateralException.Fault;
import dev.testudo.trust.fakes.FakeService;
import dev.testudo.trust.fakes.FakeService.Answer;
import dev.testudo.trust.pki.Pem;
import java.io.IOException;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class CollateralServicesTest {
  private static final DocumentId TCB = new DocumentId.TcbInfo(Tee.TDX, "90c06f000000");
  private static final String TCB_PATH =
      "/tdx/certification/v4/tcb?fmspc=90C06F000000&update=standard";
  private static final DocumentId CRL = new DocumentId.PckCrl(PckCa.PLATFORM);
  private static final String CRL_PATH = "/sgx/certification/v4/pckcrl?ca=platform&encoding=der";
  private static final DocumentId ROOT = new DocumentId.IntelRootCrl();
  private static final String ROOT_PATH = "/sgx/certification/v4/rootcacrl";
  private static final String CHAIN =
      "-----BEGIN CERTIFICATE-----\nMII+/A==\n-----END CERTIFICATE-----\n";
  private static final byte[] BODY = "{\"tcbInfo\":{}}".getBytes(UTF_8);
  private static final byte[] LIST = {0x30, 0x03, 0x02, 0x01, 0x00};

  private FakeService service;
  private CollateralServices services;

  @BeforeEach
  void start() throws IOException {
    service = new FakeService();
    services = new CollateralServices(service.settings());
  }

  @AfterEach
  void stop() throws IOException {
    services.close();
    service.close();
  }

  private static String text(Octets octets) {
    return new String(octets.toBytes(), UTF_8);
  }

  private CollateralException refused(DocumentId id) {
    return assertThrows(CollateralException.class, () -> services.fetch(id));
  }

  private Fault fault(Answer answer) {
    service.answer(TCB_PATH, answer);
    return refused(TCB).fault();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"TCB-Info-Issuer-Chain", "SGX-TCB-Info-Issuer-Chain", "tcb-info-issuer-chain"})
  void theChainComesInAHeaderOfEitherName(String header) throws IOException {
    service.answer(TCB_PATH, ok(BODY, header, CHAIN));
    var document = services.fetch(TCB);
    assertEquals(CHAIN, text(document.issuerChain()));
    assertEquals("{\"tcbInfo\":{}}", text(document.body()));
  }

  @Test
  void aPlusInTheChainIsReadAsItWasMeant() throws IOException {
    var raw = CHAIN.replace(" ", "%20").replace("\n", "%0A");
    var form = encoded(CHAIN).replace("%20", "+");
    for (var value : List.of(raw, form)) {
      service.answer(TCB_PATH, reply(200, Map.of("TCB-Info-Issuer-Chain", value), BODY));
    }
    assertEquals(CHAIN, text(services.fetch(TCB).issuerChain()));
    assertEquals(CHAIN, text(services.fetch(TCB).issuerChain()));
  }

  @Test
  void everyDocumentHasItsPath() throws IOException {
    var chip = "0f".repeat(64);
    var asked =
        Map.of(
            new DocumentId.QeIdentity(Tee.SGX),
            "/sgx/certification/v4/qe/identity?update=standard",
            new DocumentId.AmdChain("Milan", SnpKey.VLEK),
            "/vlek/v1/Milan/cert_chain",
            new DocumentId.AmdCrl("Genoa", SnpKey.VCEK),
            "/vcek/v1/Genoa/crl",
            new DocumentId.Vcek("Milan", chip, new SnpTcb(Optional.empty(), 3, 0, 8, 115)),
            "/vcek/v1/Milan/%s?blSPL=03&teeSPL=00&snpSPL=08&ucodeSPL=115".formatted(chip),
            new DocumentId.Vcek("Turin", "a1".repeat(8), new SnpTcb(Optional.of(1), 2, 3, 4, 5)),
            "/vcek/v1/Turin/a1a1a1a1a1a1a1a1?fmcSPL=01&blSPL=02&teeSPL=03&snpSPL=04&ucodeSPL=05");
    for (var one : asked.entrySet()) {
      service.answer(one.getValue(), ok(LIST, "SGX-Enclave-Identity-Issuer-Chain", CHAIN));
      assertEquals(one.getKey(), services.fetch(one.getKey()).id());
    }
  }

  @ParameterizedTest
  @CsvSource({"early, update=early", "17, tcbEvaluationDataNumber=17"})
  void anotherEvaluationCanBeAskedFor(String update, String query) throws IOException {
    var wanted =
        TcbUpdate.parse(update).orElseGet(() -> new TcbUpdate.Numbered(Integer.parseInt(update)));
    var pcs = ServiceSettings.Pcs.at(service.base(), wanted, false);
    var usual = service.settings();
    var settings = new ServiceSettings(pcs, usual.kds(), usual.proxies(), usual.limits());
    var path = TCB_PATH.replace("update=standard", query);
    service.answer(path, ok(BODY, "TCB-Info-Issuer-Chain", CHAIN));
    try (var other = new CollateralServices(settings)) {
      other.fetch(TCB);
    }
    assertEquals(List.of(path), service.requests());
  }

  @Test
  void listsComeInDerOrHexadecimalOrPem() throws IOException {
    var hex = HexFormat.of().withUpperCase().formatHex(LIST).getBytes(US_ASCII);
    var pem = Pem.write("X509 CRL", LIST).getBytes(US_ASCII);
    for (var form : List.of(LIST, hex, pem)) {
      service.answer(CRL_PATH, ok(form, "SGX-PCK-CRL-Issuer-Chain", CHAIN));
      service.answer(ROOT_PATH, ok(form));
    }
    for (var i = 0; i < 3; i++) {
      assertEquals(HexFormat.of().formatHex(LIST), services.fetch(CRL).body().hex());
      assertEquals(HexFormat.of().formatHex(LIST), services.fetch(ROOT).body().hex());
    }
  }

  @Test
  void theRootsListOfIntelIsElsewhere() throws IOException {
    var usual = service.settings();
    var pcs =
        new ServiceSettings.Pcs(
            URI.create("http://127.0.0.1:1"),
            Optional.of(service.base().resolve("/IntelSGXRootCA.der")),
            new TcbUpdate.Standard(),
            false);
    service.answer("/IntelSGXRootCA.der", ok(LIST));
    var settings = new ServiceSettings(pcs, usual.kds(), usual.proxies(), usual.limits());
    try (var other = new CollateralServices(settings)) {
      assertEquals(ROOT, other.fetch(ROOT).id());
    }
  }

  @Test
  void whatTheServiceDoesNotHaveIsUnknown() {
    var thrown = refused(TCB);
    assertEquals(Fault.UNKNOWN, thrown.fault());
    assertEquals("127.0.0.1 has no `tdx-tcb-info-90c06f000000` (status 404)", thrown.getMessage());
  }

  @Test
  void aReplyWithoutItsChainIsRefused() {
    assertEquals(Fault.SERVICE, fault(ok(BODY)));
  }

  @Test
  void aReplyWithAMalformedOrHugeChainIsRefused() {
    var header = "TCB-Info-Issuer-Chain";
    assertEquals(Fault.SERVICE, fault(reply(200, Map.of(header, "%zz"), BODY)));
    service.answer(TCB_PATH, reply(200, Map.of(header, "A".repeat(40_000)), BODY));
    assertEquals(Fault.SERVICE, refused(TCB).fault());
  }

  @Test
  void aHugeBodyIsNotTaken() {
    assertEquals(
        Fault.SERVICE,
        fault(
            out -> {
              FakeService.head(out, 200, Map.of(), 1L << 40);
              while (true) {
                out.write(new byte[8192]);
              }
            }));
  }

  @Test
  void aSlowBodyIsGivenUp() {
    var released = new CountDownLatch(1);
    try {
      assertEquals(
          Fault.SERVICE,
          fault(
              out -> {
                FakeService.head(out, 200, Map.of(), 10);
                out.write('{');
                out.flush();
                try {
                  assertTrue(released.await(60, TimeUnit.SECONDS));
                } catch (InterruptedException e) {
                  throw new IOException(e);
                }
              }));
    } finally {
      released.countDown();
    }
  }

  @Test
  void aConnectionThatEndsEarlyIsAFailure() {
    assertEquals(Fault.SERVICE, fault(out -> FakeService.head(out, 200, Map.of(), 10)));
  }

  @Test
  void redirectsOnTheSameHostAreFollowedAndOthersNot() throws IOException {
    service.answer(TCB_PATH, reply(302, Map.of("Location", "/elsewhere"), new byte[0]));
    service.answer("/elsewhere", ok(BODY, "TCB-Info-Issuer-Chain", CHAIN));
    assertEquals(TCB, services.fetch(TCB).id());
    try (var other = new FakeService()) {
      var away = Map.of("Location", other.base() + "/elsewhere");
      service.answer(CRL_PATH, reply(302, away, new byte[0]));
      assertEquals(Fault.SERVICE, refused(CRL).fault());
      assertEquals(List.of(), other.requests());
    }
    service.answer(ROOT_PATH, reply(302, Map.of("Location", ROOT_PATH), new byte[0]));
    assertEquals(Fault.SERVICE, refused(ROOT).fault());
    assertEquals(3, service.requests().stream().filter(ROOT_PATH::equals).count());
  }

  @Test
  void aServiceThatWantsFewerRequestsIsAskedAgainWhenItSays() throws IOException {
    service.answer(TCB_PATH, reply(429, Map.of("Retry-After", "0"), new byte[0]));
    service.answer(TCB_PATH, ok(BODY, "TCB-Info-Issuer-Chain", CHAIN));
    assertEquals(TCB, services.fetch(TCB).id());
    assertEquals(2, service.requests().size());
  }

  @Test
  void aServiceThatWantsALongPauseIsLeftAlone() {
    service.answer(TCB_PATH, reply(429, Map.of("Retry-After", "3600"), new byte[0]));
    var thrown = refused(TCB);
    assertEquals(Fault.RATE, thrown.fault());
    assertEquals(Optional.of(Duration.ofHours(1)), thrown.retryAfter());
    assertEquals(1, service.requests().size());
  }

  @Test
  @Timeout(60)
  void nobodyWaitsForTheEndOfALongPause() {
    service.answer(TCB_PATH, reply(429, Map.of("Retry-After", "3600"), new byte[0]));
    refused(TCB);
    service.answer(CRL_PATH, ok(LIST, "SGX-PCK-CRL-Issuer-Chain", CHAIN));
    var thrown = refused(CRL);
    assertEquals(Fault.RATE, thrown.fault());
    assertTrue(thrown.retryAfter().orElseThrow().compareTo(Duration.ofMinutes(59)) > 0);
    assertEquals(1, service.requests().size());
  }

  @Test
  void retryAfterIsSecondsOrADate() {
    var now = Instant.parse("2025-06-10T00:00:00Z");
    assertEquals(Optional.of(Duration.ofSeconds(7)), RetryAfter.parse("7", now));
    assertEquals(
        Optional.of(Duration.ofSeconds(90)),
        RetryAfter.parse("Tue, 10 Jun 2025 00:01:30 GMT", now));
    assertEquals(Optional.of(Duration.ofDays(1)), RetryAfter.parse("999999999", now));
    assertEquals(Optional.empty(), RetryAfter.parse("soon", now));
    assertEquals(Optional.empty(), RetryAfter.parse("99999999999999999999", now));
  }

  @Test
  void oneRequestPerDocumentIsInFlight() throws Exception {
    var asked = new CountDownLatch(1);
    var both = new CountDownLatch(1);
    service.answer(
        ROOT_PATH,
        out -> {
          asked.countDown();
          try {
            assertTrue(both.await(60, TimeUnit.SECONDS));
          } catch (InterruptedException e) {
            throw new IOException(e);
          }
          ok(LIST).write(out);
        });
    try (var pool = Executors.newFixedThreadPool(2)) {
      var first = pool.submit(() -> services.fetch(ROOT));
      assertTrue(asked.await(60, TimeUnit.SECONDS));
      var second = pool.submit(() -> services.fetch(ROOT));
      while (!services.isWaitedFor(ROOT)) {
        Thread.onSpinWait();
      }
      both.countDown();
      Document document = first.get(60, TimeUnit.SECONDS);
      assertEquals(document, second.get(60, TimeUnit.SECONDS));
    }
    assertEquals(List.of(ROOT_PATH), service.requests());
  }

  @ParameterizedTest
  @CsvSource({
    "https://pccs.example:8081, https://pccs.example:8081",
    "https://localhost:8081/sgx/certification/v4/, https://localhost:8081",
    "https://10.0.0.1/, https://10.0.0.1",
    "http://localhost:8081, http://localhost:8081",
    "http://[::1]:8081, http://[::1]:8081"
  })
  void anAddressIsReadAsPeopleWriteIt(String text, URI address) {
    assertEquals(Optional.of(address), ServiceAddress.parse(text));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "pccs.example:8081",
        "http://pccs.example:8081",
        "https://me@pccs.example",
        "https://pccs.example/v3",
        "https://pccs.example/?x",
        "ftp://localhost",
        "https://"
      })
  void otherAddressesAreRefused(String text) {
    assertEquals(Optional.empty(), ServiceAddress.parse(text));
  }
}
