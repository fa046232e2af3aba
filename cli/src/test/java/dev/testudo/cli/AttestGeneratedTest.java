package dev.testudo.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.testudo.trust.attest.evidence.DocumentId;
import dev.testudo.trust.attest.evidence.EvidenceJson;
import dev.testudo.trust.attest.evidence.ReportData;
import dev.testudo.trust.generator.EventLogs;
import dev.testudo.trust.generator.IntelPlatformMaker;
import dev.testudo.trust.generator.QuoteMaker.Kind;
import dev.testudo.trust.json.Json;
import dev.testudo.trust.json.JsonMembers;
import dev.testudo.trust.pki.Pem;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// `testudo attest verify` with evidence of a generated platform and its roots.
class AttestGeneratedTest {
  private static final String REPORT_DATA = "5a".repeat(64);

  @TempDir private Path work;

  private final ByteArrayOutputStream out = new ByteArrayOutputStream();
  private final ByteArrayOutputStream err = new ByteArrayOutputStream();
  private final IntelPlatformMaker platform = IntelPlatformMaker.of(Kind.TDX_4);

  @BeforeEach
  void writeFiles() throws Exception {
    platform.reportData(new ReportData(REPORT_DATA));
    for (var document : platform.documents().values()) {
      var name = name(document.id());
      Files.write(work.resolve(name), document.body().toBytes());
      Files.write(work.resolve(name + "-chain"), document.issuerChain().toBytes());
    }
    Files.writeString(
        work.resolve("expected.json"),
        """
        {"files": {"tcbInfo": "tcb", "tcbInfoChain": "tcb-chain", "qeIdentity": "qe",
         "qeIdentityChain": "qe-chain", "pckCrl": "crl", "pckCrlChain": "crl-chain",
         "rootCrl": "root"}}
        """);
    var root = platform.root().make().getEncoded();
    Files.writeString(work.resolve("root.pem"), Pem.write("CERTIFICATE", root));
    Files.write(
        work.resolve("evidence.json"), Json.write(EvidenceJson.encode(platform.evidence())));
  }

  private static String name(DocumentId id) {
    return switch (id) {
      case DocumentId.TcbInfo _ -> "tcb";
      case DocumentId.QeIdentity _ -> "qe";
      case DocumentId.PckCrl _ -> "crl";
      case DocumentId.IntelRootCrl _ -> "root";
      default -> throw new AssertionError(id);
    };
  }

  private JsonMembers verify(int exit, String... more) throws IOException {
    var words = new ArrayList<>(List.of("attest", "verify"));
    words.add(work.resolve("evidence.json").toString());
    words.addAll(List.of("--collateral", work.toString(), "--json"));
    if (!List.of(more).contains("--at")) {
      words.addAll(List.of("--at", IntelPlatformMaker.AT.toString()));
    }
    words.addAll(List.of(more));
    out.reset();
    err.reset();
    var code = Cli.run(words.toArray(String[]::new), CliTest.context(out, err, work));
    assertEquals(exit, code, () -> err.toString(UTF_8));
    return new Printed(out.toString(UTF_8)).json();
  }

  private String root() {
    return work.resolve("root.pem").toString();
  }

  @Test
  void evidenceOfATestRootIsGenuineButNeverHardwareAttested() throws IOException {
    var verdict = verify(0, "--test-root", root(), "--report-data", REPORT_DATA);
    assertTrue(verdict.bool("binding_checked"));
    assertFalse(verdict.bool("hardware_attested"));
    var endorsement = verdict.object("claims").object("platform").object("endorsement");
    assertEquals("test", endorsement.text("root"));
  }

  @Test
  void whatDoesNotHoldIsRefusedByName() throws IOException {
    assertEquals("untrusted-chain", verify(4).object("rejection").text("id"));
    var late = verify(4, "--test-root", root(), "--at", "2199-01-01T00:00:00Z");
    assertEquals("outside-validity", late.object("rejection").text("id"));
    var other = verify(4, "--test-root", root(), "--report-data", "00".repeat(64));
    assertEquals("not-bound", other.object("rejection").text("id"));
    var log = Files.write(work.resolve("ccel"), EventLogs.boot().toBytes()).toString();
    var differs = verify(4, "--test-root", root(), "--event-log", log);
    assertFalse(differs.object("event_log").bool("matches"));
    assertFalse(differs.bool("verified"));
  }
}
