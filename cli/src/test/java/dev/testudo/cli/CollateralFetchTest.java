package dev.testudo.cli;

import static dev.testudo.trust.fakes.FakeService.ok;
import static dev.testudo.trust.fakes.FakeService.reply;
import static java.nio.charset.StandardCharsets.US_ASCII;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.testudo.trust.attest.collateral.Document;
import dev.testudo.trust.attest.evidence.DocumentId;
import dev.testudo.trust.attest.evidence.EvidenceJson;
import dev.testudo.trust.attest.evidence.Octets;
import dev.testudo.trust.channel.ChannelTls;
import dev.testudo.trust.fakes.FakeService;
import dev.testudo.trust.fakes.FakeService.Answer;
import dev.testudo.trust.generator.AmdPlatform;
import dev.testudo.trust.generator.AmdPlatform.Product;
import dev.testudo.trust.generator.IntelPlatformMaker;
import dev.testudo.trust.generator.QuoteMaker.Kind;
import dev.testudo.trust.generator.SnpReportBuilder;
import dev.testudo.trust.json.Json;
import dev.testudo.trust.pki.Identity;
import dev.testudo.trust.pki.Pem;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// `testudo attest collateral fetch` with a PCCS over TLS and a cache of AMD's service, which have
/// the documents of generated platforms.
@Timeout(60)
class CollateralFetchTest {
  private static final String CHAIN_OF_TCB = "TCB-Info-Issuer-Chain";

  @TempDir private Path work;

  private final ByteArrayOutputStream out = new ByteArrayOutputStream();
  private final ByteArrayOutputStream err = new ByteArrayOutputStream();
  private final IntelPlatformMaker platform = IntelPlatformMaker.of(Kind.TDX_4);
  private FakeService pccs;
  private FakeService kds;

  @BeforeEach
  void start() throws Exception {
    pccs = FakeService.withTls(ChannelTls.server(Identity.ephemeral("pccs")));
    kds = new FakeService();
    Files.write(work.resolve("root.pem"), platform.rootPem());
    Files.write(
        work.resolve("evidence.json"), Json.write(EvidenceJson.encode(platform.evidence())));
  }

  @AfterEach
  void stop() throws IOException {
    pccs.close();
    kds.close();
  }

  private int run(String command, String... args) {
    out.reset();
    err.reset();
    var words = new ArrayList<>(List.of(command.split(" ", -1)));
    words.addAll(List.of("--at", IntelPlatformMaker.AT.toString()));
    words.addAll(List.of("--test-root", file("root.pem")));
    words.addAll(List.of(args));
    return Cli.run(words.toArray(String[]::new), CliTest.context(out, err, work));
  }

  private int fetch(String... args) {
    var words = new ArrayList<>(List.of("--dir", file("d"), "--pcs", pccs.base().toString()));
    words.addAll(List.of("--pcs-insecure-tls", "--kds", kds.base().toString()));
    words.addAll(List.of(args));
    return run("attest collateral fetch", words.toArray(String[]::new));
  }

  private int fetchAll() {
    return fetch("--for", file("evidence.json"));
  }

  private String file(String name) {
    return work.resolve(name).toString();
  }

  private List<String> kept() throws IOException {
    try (var files = Files.list(work.resolve("d"))) {
      return files
          .map(file -> file.getFileName().toString())
          .filter(name -> !name.startsWith("."))
          .sorted()
          .toList();
    }
  }

  private static String path(DocumentId id) {
    return switch (id) {
      case DocumentId.TcbInfo(var tee, var fmspc) ->
          "/%s/certification/v4/tcb?fmspc=%s&update=standard"
              .formatted(tee.text(), fmspc.toUpperCase(Locale.ROOT));
      case DocumentId.QeIdentity(var tee) ->
          "/%s/certification/v4/qe/identity?update=standard".formatted(tee.text());
      case DocumentId.PckCrl(var ca) ->
          "/sgx/certification/v4/pckcrl?ca=%s&encoding=der".formatted(ca.text());
      case DocumentId.IntelRootCrl _ -> "/sgx/certification/v4/rootcacrl";
      default -> throw new AssertionError(id);
    };
  }

  private static String header(DocumentId id) {
    return switch (id) {
      case DocumentId.TcbInfo _ -> CHAIN_OF_TCB;
      case DocumentId.QeIdentity _ -> "SGX-Enclave-Identity-Issuer-Chain";
      default -> "SGX-PCK-CRL-Issuer-Chain";
    };
  }

  private static Answer answer(Document document) {
    var chain = new String(document.issuerChain().toBytes(), US_ASCII);
    return ok(document.body().toBytes(), header(document.id()), chain);
  }

  private Document tcbInfo() {
    return tcbInfo(platform);
  }

  private static Document tcbInfo(IntelPlatformMaker maker) {
    return maker.documents().values().stream()
        .filter(document -> document.id() instanceof DocumentId.TcbInfo)
        .findFirst()
        .orElseThrow();
  }

  /// Answers for all documents. What is given for the TCB info comes before the right answer.
  private void serve(Answer... before) {
    for (var first : before) {
      pccs.answer(path(tcbInfo().id()), first);
    }
    for (var document : platform.documents().values()) {
      pccs.answer(path(document.id()), answer(document));
    }
  }

  /// Fails unless the TCB info, and only that, was refused with one line.
  private void onlyTheTcbInfoIsMissing(int exit, String line) throws IOException {
    assertEquals(exit, fetchAll(), () -> out + err.toString(UTF_8));
    assertEquals("testudo: " + line + "\n", err.toString(UTF_8));
    assertFalse(kept().contains(tcbInfo().id() + ".json"));
    assertEquals(3, kept().size());
  }

  @Test
  void whatEvidenceNeedsIsFetchedAndVerifiesIt() throws IOException {
    serve();
    assertEquals(0, fetchAll(), () -> err.toString(UTF_8));
    assertEquals("", err.toString(UTF_8));
    new Printed(out.toString(UTF_8)).hasLine("4 added, 0 replaced, 0 unchanged, 0 refused");
    var verified = run("attest verify", file("evidence.json"), "--collateral", file("d"), "--json");
    assertEquals(0, verified, () -> err.toString(UTF_8));
    assertTrue(new Printed(out.toString(UTF_8)).json().bool("verified"));
    assertEquals(0, fetch(), () -> err.toString(UTF_8));
    new Printed(out.toString(UTF_8)).hasLine("0 added, 0 replaced, 4 unchanged, 0 refused");
  }

  @Test
  void aCertificateThatNobodyTrustsIsRefusedWithoutTheOption() throws IOException {
    serve();
    var words = List.of("--dir", file("d"), "--pcs", pccs.base().toString());
    var more = List.of("--for", file("evidence.json"));
    var all = new ArrayList<>(words);
    all.addAll(more);
    assertEquals(3, run("attest collateral fetch", all.toArray(String[]::new)));
    assertEquals(List.of(), pccs.requests());
    assertEquals(List.of(), kept());
    assertEquals(4, err.toString(UTF_8).lines().count(), () -> err.toString(UTF_8));
  }

  @Test
  void whatTheServiceDoesNotHaveIsToldByName() throws IOException {
    serve(reply(404, Map.of(), new byte[0]));
    onlyTheTcbInfoIsMissing(3, "127.0.0.1 has no `%s` (status 404)".formatted(tcbInfo().id()));
  }

  @Test
  void aServiceThatWantsAShortPauseIsAskedAgain() throws IOException {
    serve(reply(429, Map.of("Retry-After", "0"), new byte[0]));
    assertEquals(0, fetchAll(), () -> err.toString(UTF_8));
    assertEquals(4, kept().size());
  }

  @Test
  void aServiceThatWantsALongPauseIsLeftAlone() throws IOException {
    for (var id : platform.documents().keySet()) {
      pccs.answer(path(id), reply(429, Map.of("Retry-After", "3600"), new byte[0]));
    }
    assertEquals(3, fetchAll());
    assertEquals(1, pccs.requests().size());
    assertEquals(List.of(), kept());
    var lines = err.toString(UTF_8).lines().toList();
    assertEquals(4, lines.size());
    assertTrue(lines.getFirst().endsWith("(status 429); ask again in 3600 s"), lines::toString);
  }

  @Test
  void aHugeBodyIsNotKept() throws IOException {
    serve(ok(new byte[(1 << 20) + 1], CHAIN_OF_TCB, ""));
    assertEquals(3, fetchAll());
    assertEquals(1, err.toString(UTF_8).lines().count(), () -> err.toString(UTF_8));
    assertEquals(3, kept().size());
  }

  @Test
  void aDocumentWithTheChainOfSomebodyElseIsRefused() throws IOException {
    var stranger = tcbInfo(IntelPlatformMaker.of(Kind.TDX_4));
    var mixed = new Document(tcbInfo().id(), tcbInfo().body(), stranger.issuerChain());
    serve(answer(mixed));
    assertEquals(4, fetchAll(), () -> out + err.toString(UTF_8));
    assertEquals(1, err.toString(UTF_8).lines().count(), () -> err.toString(UTF_8));
    assertEquals(3, kept().size());
  }

  @Test
  void aReplyWithoutItsChainIsRefused() throws IOException {
    serve(ok(tcbInfo().body().toBytes()));
    onlyTheTcbInfoIsMissing(
        3,
        "the reply about `%s` comes without the header `%s`"
            .formatted(tcbInfo().id(), CHAIN_OF_TCB));
  }

  @Test
  void aRedirectToAnotherHostIsNotFollowed() throws IOException {
    try (var other = new FakeService()) {
      serve(reply(302, Map.of("Location", other.base() + "/tcb"), new byte[0]));
      onlyTheTcbInfoIsMissing(
          3,
          "127.0.0.1 redirects the request for `%s` to another host or too often"
              .formatted(tcbInfo().id()));
      assertEquals(List.of(), other.requests());
    }
  }

  @Test
  void aServiceThatIsNotThereIsTold() throws IOException {
    pccs.close();
    assertEquals(3, fetchAll());
    assertEquals(4, err.toString(UTF_8).lines().count(), () -> err.toString(UTF_8));
    assertEquals(List.of(), kept());
  }

  /// A report of version 2 does not tell Milan from Genoa, so both are asked for.
  private String reportOfVersionTwo(AmdPlatform amd) throws IOException {
    amd.guest().number(SnpReportBuilder.VERSION, 2, 4).number(SnpReportBuilder.CPUID, 0, 3);
    var root = amd.root().build().toBytes();
    Files.writeString(work.resolve("root.pem"), Pem.write("CERTIFICATE", root));
    var chain =
        Pem.write("CERTIFICATE", amd.intermediate().build().toBytes())
            + Pem.write("CERTIFICATE", root);
    kds.answer("/vcek/v1/Milan/cert_chain", ok(chain.getBytes(US_ASCII)));
    return Files.write(work.resolve("report.bin"), amd.signedReport().toBytes()).toString();
  }

  private static String certificate(AmdPlatform amd) {
    return "/vcek/v1/Milan/%s?blSPL=03&teeSPL=00&snpSPL=08&ucodeSPL=115".formatted(amd.chip());
  }

  @Test
  void theCertificateOfAnotherGenerationNeedsNotExist() throws IOException {
    var amd = AmdPlatform.vcek(Product.MILAN);
    var report = reportOfVersionTwo(amd);
    kds.answer(certificate(amd), ok(amd.leaf().build().toBytes()));
    assertEquals(0, fetch("--for", report), () -> out + err.toString(UTF_8));
    assertEquals("", err.toString(UTF_8));
    new Printed(out.toString(UTF_8)).hasLine("2 added, 0 replaced, 0 unchanged, 0 refused");
    assertEquals(
        0,
        run("attest verify", report, "--collateral", file("d")),
        () -> out + err.toString(UTF_8));
  }

  @Test
  void aCertificateThatNoGenerationHasIsToldForEach() throws IOException {
    var amd = AmdPlatform.vcek(Product.MILAN);
    assertEquals(3, fetch("--for", reportOfVersionTwo(amd)));
    var lines = err.toString(UTF_8).lines().toList();
    assertEquals(3, lines.size(), lines::toString);
    for (var line : lines) {
      assertTrue(line.endsWith("` (status 404)"), line);
    }
  }

  @Test
  void theCertificateOfAnotherChipIsRefused() throws IOException {
    var amd = AmdPlatform.vcek(Product.MILAN);
    var report = reportOfVersionTwo(amd);
    var other = AmdPlatform.vcek(Product.MILAN);
    other.leaf().extension(AmdPlatform.EXTENSIONS + "4", Octets.ofHex("00".repeat(64)).toBytes());
    kds.answer(certificate(amd), ok(other.leaf().build().toBytes()));
    assertEquals(4, fetch("--for", report), () -> out + err.toString(UTF_8));
    assertEquals(List.of("amd-milan-vcek-chain.json"), kept());
  }
}
