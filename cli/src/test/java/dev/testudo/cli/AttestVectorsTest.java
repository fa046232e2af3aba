package dev.testudo.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.testudo.trust.json.Json;
import dev.testudo.trust.json.JsonBuilder;
import dev.testudo.trust.json.JsonMembers;
import dev.testudo.trust.json.JsonValue;
import dev.testudo.trust.json.JsonValue.JsonArray;
import dev.testudo.trust.json.JsonValue.JsonObject;
import dev.testudo.trust.json.JsonValue.JsonString;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// `testudo attest verify` gives the verdict of every recorded vector, and `show` the values of its
/// claims.
class AttestVectorsTest {
  private static final List<String> KINDS = List.of("sgx", "tdx", "snp");
  private static final int WIDTH = 120;

  @TempDir private Path work;

  private final ByteArrayOutputStream out = new ByteArrayOutputStream();
  private final ByteArrayOutputStream err = new ByteArrayOutputStream();

  static Stream<Path> vectors() {
    return KINDS.stream().flatMap(kind -> RecordedVectors.all(kind).stream());
  }

  private int run(String... args) {
    out.reset();
    err.reset();
    return Cli.run(args, CliTest.context(out, err, work));
  }

  private static String evidence(Path vector) throws IOException {
    var files = RecordedVectors.expected(vector).object("files");
    return vector.resolve(files.text(files.has("quote") ? "quote" : "report")).toString();
  }

  private int verify(Path vector, String file, String... more) throws IOException {
    var at = RecordedVectors.expected(vector).text("at");
    var words = new ArrayList<>(List.of("attest", "verify", file, "--at", at));
    words.addAll(List.of("--collateral", vector.toString()));
    words.addAll(List.of(more));
    return run(words.toArray(String[]::new));
  }

  private JsonMembers json() throws IOException {
    return new Printed(out.toString(UTF_8)).json();
  }

  private static int exit(JsonMembers verdict) throws IOException {
    if (verdict.text("outcome").equals("appraised")) {
      return 0;
    }
    return verdict.text("stage").equals("malformed") ? 1 : 4;
  }

  @ParameterizedTest
  @MethodSource("vectors")
  void verifyExitsWithTheVerdict(Path vector) throws IOException {
    var verdict = RecordedVectors.expected(vector).object("verdict");
    assertEquals(exit(verdict), verify(vector, evidence(vector)), () -> err.toString(UTF_8));
    var printed = new Printed(out.toString(UTF_8));
    for (var line : printed.lines()) {
      assertTrue(line.length() <= WIDTH, line);
    }
    if (verdict.optional("status").orElse(new JsonValue.JsonNull()) instanceof JsonString(var s)) {
      printed.hasLine("status: " + s);
    }
    var _ = verify(vector, evidence(vector), "--json");
    var found = json();
    assertEquals(exit(verdict) == 0, found.bool("verified"));
    assertEquals(exit(verdict) == 0, found.has("claims"));
    assertEquals(exit(verdict) == 0 && !verdict.bool("debug"), found.bool("hardware_attested"));
  }

  @ParameterizedTest
  @MethodSource("vectors")
  void showPrintsTheValuesOfTheClaims(Path vector) throws IOException {
    var expected = RecordedVectors.expected(vector);
    if (!expected.has("claims")) {
      assertEquals(1, run("attest", "show", evidence(vector)));
      return;
    }
    assertEquals(0, run("attest", "show", evidence(vector), "--json"), () -> err.toString(UTF_8));
    var shown = new ArrayList<String>();
    texts(Json.read(out.toByteArray(), 1 << 20), shown);
    var claims = new ArrayList<String>();
    texts(expected.optional("claims").orElseThrow(), claims);
    claims.removeIf(String::isEmpty);
    claims.replaceAll(AttestVectorsTest::asShown);
    claims.removeAll(shown);
    assertEquals(List.of(), claims, () -> out.toString(UTF_8));
    assertEquals(0, run("attest", "show", evidence(vector)));
    for (var line : new Printed(out.toString(UTF_8)).lines()) {
      assertTrue(line.length() <= WIDTH, line);
    }
  }

  /// Versions of AMD's firmware are three bytes in the claims, and words where people read them.
  private static String asShown(String claim) {
    if (!claim.matches("[0-9a-f]{6}")) {
      return claim;
    }
    var bytes = HexFormat.of().parseHex(claim);
    return "%d.%d build %d".formatted(bytes[2] & 0xff, bytes[1] & 0xff, bytes[0] & 0xff);
  }

  /// Adds all strings in a JSON value.
  private static void texts(JsonValue json, List<String> texts) {
    switch (json) {
      case JsonString(var text) -> texts.add(text);
      case JsonObject(var members) -> members.values().forEach(value -> texts(value, texts));
      case JsonArray(var elements) -> elements.forEach(value -> texts(value, texts));
      default -> {}
    }
  }

  @Test
  void anEventLogMustGiveTheRegistersOfTheQuote() throws IOException {
    var logs = RecordedVectors.folder().resolve("eventlog");
    var quote = logs.resolve("gcp-cos-113/quote.bin").toString();
    var vector = RecordedVectors.folder().resolve("tdx/v4-gcp-cos-113");
    var right = logs.resolve("gcp-cos-113/ccel.bin").toString();
    assertEquals(0, verify(vector, quote, "--event-log", right, "--json"));
    var log = json().object("event_log");
    assertTrue(log.bool("matches"));
    assertFalse(log.bool("secure_boot"));
    assertEquals(1, log.texts("command_lines").size());
    var other = logs.resolve("attestation-rs-live/ccel.bin").toString();
    assertEquals(4, verify(vector, quote, "--event-log", other, "--json"));
    assertFalse(json().object("event_log").bool("matches"));
  }

  @Test
  void aLogBesideTheQuoteIsComparedWithoutAnOption() throws IOException {
    var folder = RecordedVectors.folder();
    var report = folder.resolve("eventlog/dstack-rtmr3/quote-report.json").toString();
    assertEquals(0, verify(folder.resolve("tdx/v4-dstack"), report, "--json"), err::toString);
    assertTrue(json().object("event_log").bool("matches"));
  }

  @Test
  void azuresReportIsVerifiedWithTheQuoteOfItsTpm() throws IOException {
    var folder = RecordedVectors.folder().resolve("azure/snp-genoa");
    var pcrs = new ArrayList<String>();
    var all = Files.readAllBytes(folder.resolve("pcrs-sha256.bin"));
    for (var at = 0; at < all.length; at += 32) {
      pcrs.add(HexFormat.of().formatHex(all, at, at + 32));
    }
    var quote =
        new JsonBuilder()
            .put("message", hex(folder, "tpm-quote.bin"))
            .put("signature", hex(folder, "tpm-signature.bin"))
            .put("pcrs", pcrs);
    var evidence =
        new JsonBuilder()
            .put("tpm_quote", quote.build())
            .put("hcl_report", hex(folder, "hcl-report.bin"))
            .put("vcek", Files.readString(folder.resolve("vcek.pem")));
    var file = Files.write(work.resolve("azure.json"), Json.write(evidence.build())).toString();
    assertEquals(0, run("attest", "show", file), () -> err.toString(UTF_8));
    assertEquals(0, verify(folder, file, "--json"), () -> err.toString(UTF_8));
    var paravisor = json().object("claims").object("paravisor");
    assertEquals(RecordedVectors.expected(folder).text("vmUniqueId"), paravisor.text("vm_id"));
  }

  private static String hex(Path folder, String name) throws IOException {
    return HexFormat.of().formatHex(Files.readAllBytes(folder.resolve(name)));
  }

  @Test
  void withoutCollateralTheRefusalNamesWhatIsMissing() throws IOException {
    var vector = RecordedVectors.folder().resolve("tdx/v5-uptodate");
    var empty = Files.createDirectory(work.resolve("empty")).toString();
    var at = RecordedVectors.expected(vector).text("at");
    assertEquals(
        4, run("attest", "verify", evidence(vector), "--at", at, "--collateral", empty, "--json"));
    var rejection = json().object("rejection");
    assertEquals("collateral-missing", rejection.text("id"));
    assertFalse(rejection.texts("missing").isEmpty());
  }
}
