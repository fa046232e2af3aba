package dev.testudo.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.testudo.trust.attest.evidence.Evidence;
import dev.testudo.trust.attest.evidence.EvidenceJson;
import dev.testudo.trust.attest.evidence.Measurement;
import dev.testudo.trust.attest.evidence.ReportData;
import dev.testudo.trust.json.Json;
import dev.testudo.trust.json.JsonMembers;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.TreeSet;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// `testudo attest show` and `verify` with files that need no hardware, and with wrong ones.
class AttestFilesTest {
  private static final String REPORT_DATA = "5a".repeat(64);
  private static final String LOG =
      "[{\"imr\":3,\"event_type\":134217729,\"event\":\"app-id\",\"event_payload\":\"00ff\"}]";

  @TempDir private Path work;

  private final ByteArrayOutputStream out = new ByteArrayOutputStream();
  private final ByteArrayOutputStream err = new ByteArrayOutputStream();

  private int run(String... args) {
    out.reset();
    err.reset();
    return Cli.run(args, CliTest.context(out, err, work));
  }

  private String file(String name, byte[] content) throws IOException {
    return Files.write(work.resolve(name), content).toString();
  }

  private String software() throws IOException {
    var evidence =
        new Evidence.Software(
            new Measurement("11".repeat(32)),
            new Measurement("22".repeat(32)),
            new ReportData(REPORT_DATA));
    return file("software.json", Json.write(EvidenceJson.encode(evidence)));
  }

  private JsonMembers json(int exit, String... args) throws IOException {
    assertEquals(exit, run(args), () -> err.toString(UTF_8));
    return new Printed(out.toString(UTF_8)).json();
  }

  @Test
  void showSaysFirstThatNothingIsVerified() throws IOException {
    assertEquals(0, run("attest", "show", software()), () -> err.toString(UTF_8));
    assertEquals(
        """
        NOT VERIFIED: anybody can write such a file. `testudo attest verify` finds out whether it is genuine.

        software evidence, in JSON

        image        1111111111111111111111111111111111111111111111111111111111111111  (measurement of the image)
        machine      2222222222222222222222222222222222222222222222222222222222222222  (what this machine adds)
        report data  5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a
                     5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a
                     (SHA-512(key ‖ nonce))
        """,
        out.toString(UTF_8));
    var shown = json(0, "attest", "show", "--output", "json", software());
    assertFalse(shown.bool("verified"));
    assertEquals(List.of("JSON"), shown.texts("wrappings"));
    var item = JsonMembers.of(shown.array("items").getFirst(), "item");
    assertEquals("software-evidence", item.text("kind"));
  }

  @Test
  void softwareEvidenceIsGenuineButNeverHardwareAttested() throws IOException {
    var bound = json(0, "attest", "verify", software(), "--report-data", REPORT_DATA, "--json");
    assertTrue(bound.bool("verified"));
    assertTrue(bound.bool("binding_checked"));
    assertFalse(bound.bool("hardware_attested"));
    assertEquals(0, run("attest", "verify", software()));
    assertEquals(
        "genuine, but NOT hardware attested", new Printed(out.toString(UTF_8)).lines().getLast());
  }

  @Test
  void evidenceForAnotherKeyIsRefused() throws IOException {
    var refused =
        json(4, "attest", "verify", software(), "--report-data", "00".repeat(64), "--json");
    assertFalse(refused.bool("verified"));
    assertEquals("not-bound", refused.object("rejection").text("id"));
    assertFalse(refused.has("claims"));
  }

  @Test
  void aPolicyDecidesForTheServiceThatIsNamed() throws IOException {
    var claims = json(0, "attest", "verify", software(), "--json").object("claims");
    var measurement = claims.text("measurement");
    var session =
        """
        name: shop
        version: 0.3.11
        security: {attestation: {tolerate: software-evidence}}
        services:
          - {name: web, command: web, attestation: {mrenclave: "%s", join_token: required}}
          - {name: api, command: api, attestation: {mrenclave: "%s", join_token: required}}
        """
            .formatted(measurement, "33".repeat(32));
    var policy = file("shop.yaml", session.getBytes(UTF_8));
    var accepted = json(0, "attest", "verify", software(), "--json", "--policy", policy + "#web");
    assertTrue(accepted.object("policy").bool("accepted"));
    var refused = json(4, "attest", "verify", software(), "--json", "--policy", policy + "#api");
    assertFalse(refused.object("policy").bool("accepted"));
    assertFalse(refused.object("policy").texts("reasons").isEmpty());
    assertFalse(refused.bool("verified"));
    assertEquals(2, run("attest", "verify", software(), "--policy", policy));
    assertEquals(1, run("attest", "verify", software(), "--policy", policy + "#nobody"));
  }

  /// docs/cli.md lists the members; one with `?` may be absent.
  @Test
  void whatVerifyPrintsIsDocumented() throws IOException {
    var page = Files.readString(Path.of("../docs/cli.md"));
    var section = page.substring(page.indexOf("`attest verify` prints:"));
    var list = section.substring(0, section.indexOf("\n## "));
    var needed = new TreeSet<String>();
    var known = new TreeSet<String>();
    for (var row : Pattern.compile("(?m)^- `([a-z_]+)(\\??)`").matcher(list).results().toList()) {
      known.add(row.group(1));
      if (row.group(2).isEmpty()) {
        needed.add(row.group(1));
      }
    }
    for (var more : List.of("11".repeat(64), REPORT_DATA)) {
      var exit = more.equals(REPORT_DATA) ? 0 : 4;
      var printed =
          json(exit, "attest", "verify", software(), "--report-data", more, "--json").rest();
      assertTrue(printed.keySet().containsAll(needed), printed::toString);
      assertTrue(known.containsAll(printed.keySet()), printed::toString);
    }
  }

  @Test
  void anEventLogIsShownButIsNoEvidence() throws IOException {
    var log = file("log.json", LOG.getBytes(UTF_8));
    var shown = json(0, "attest", "show", "--json", log);
    assertEquals("event-log", JsonMembers.of(shown.array("items").getFirst(), "item").text("kind"));
    assertEquals(1, run("attest", "verify", log));
    assertEquals(1, run("attest", "verify", software(), "--event-log", log));
    assertEquals(1, run("attest", "verify", software(), "--event-log", software()));
  }

  @Test
  void wrongFilesAreRefusedInOneLine() throws IOException {
    var huge = work.resolve("huge").toString();
    try (var sparse = new RandomAccessFile(huge, "rw")) {
      sparse.setLength(1L << 30);
    }
    for (var wrong :
        List.of(
            file("empty", new byte[0]),
            file("space", " \n".getBytes(UTF_8)),
            file("zeros", new byte[5000]),
            file("half", Files.readString(Path.of(software())).substring(0, 90).getBytes(UTF_8)),
            file("report", Arrays.copyOf(new byte[] {3}, 1000)),
            work.toString(),
            huge)) {
      for (var command : List.of("show", "verify")) {
        assertEquals(1, run("attest", command, wrong), wrong);
        assertEquals(1, err.toString(UTF_8).lines().count(), () -> err.toString(UTF_8));
        assertEquals("", out.toString(UTF_8));
      }
    }
    assertEquals(3, run("attest", "show", work.resolve("absent").toString()));
  }

  @Test
  void wrongArgumentsAreRefused() throws IOException {
    for (var wrong :
        List.of(
            List.of("--at", "yesterday"),
            List.of("--report-data", "00"),
            List.of("--nonce", "00"),
            List.of("--nonce", "zz", "--key", software()),
            List.of("--output", "xml"))) {
      var words = new ArrayList<>(List.of("attest", "verify", software()));
      words.addAll(wrong);
      var exit = run(words.toArray(String[]::new));
      assertTrue(exit == 2 || (exit == 1 && wrong.contains("--key")), () -> err.toString(UTF_8));
    }
    assertEquals(1, run("attest", "verify", software(), "--collateral", software()));
  }
}
