package dev.testudo.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.testudo.trust.json.JsonMembers;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// The commands `testudo attest collateral` with recorded documents, at the instants at which they
/// were valid.
class CollateralCommandsTest {
  private static final int REFUSED = 4;
  private static final String DAY = "2025-06-20T00:00:00Z";

  @TempDir private Path work;

  private final ByteArrayOutputStream out = new ByteArrayOutputStream();
  private final ByteArrayOutputStream err = new ByteArrayOutputStream();

  private int run(String command, String... args) {
    out.reset();
    err.reset();
    var words = new ArrayList<>(List.of("attest", "collateral", command, "--dir", folder()));
    words.addAll(List.of(args));
    return Cli.run(words.toArray(String[]::new), CliTest.context(out, err, work));
  }

  private String folder() {
    return work.resolve("collateral").toString();
  }

  private static String recorded(String name) {
    return RecordedVectors.folder().resolve(name).toString();
  }

  private void imports(String... names) {
    var words = new ArrayList<>(List.of("--at", DAY));
    for (var name : names) {
      words.add(recorded(name));
    }
    assertEquals(0, run("import", words.toArray(String[]::new)), () -> err.toString(UTF_8));
  }

  private JsonMembers json() throws IOException {
    return new Printed(out.toString(UTF_8)).json();
  }

  @Test
  void aReplyOfIntelsServiceIsImportedAndListed() {
    imports("pcs/sgx_tcb_info_00906ED50000.json", "pcs/pck_crl_processor_der.json");
    assertEquals(
        """
        added      ends 2025-06-26T19:31:07Z  sgx-tcb-info-00906ed50000
        added      ends 2025-06-26T19:23:09Z  pck-crl-processor
        2 added, 0 replaced, 0 unchanged, 0 refused
        """,
        out.toString(UTF_8));
    assertEquals(0, run("list", "--at", "2025-06-25T20:00:00Z"));
    assertEquals(
        """
        ENDS                     LEFT  EVALUATION  DOCUMENT
        2025-06-26T19:23:09Z     23 h           -  pck-crl-processor
        2025-06-26T19:31:07Z     23 h          17  sgx-tcb-info-00906ed50000
        """,
        out.toString(UTF_8));
    assertEquals("", err.toString(UTF_8));
  }

  @Test
  void theCollateralOfAPccsIsImported() throws IOException {
    imports("pcs/pccs-tdx-collateral.json");
    assertEquals(0, run("list", "--at", DAY, "--json"));
    var documents = json().array("documents");
    var first = JsonMembers.of(documents.getFirst(), "document");
    assertEquals("pck-crl-platform", first.text("document"));
    var second = JsonMembers.of(documents.get(1), "document");
    assertEquals("tdx-tcb-info-b0c06f000000", second.text("document"));
    assertEquals("b0c06f000000", second.text("fmspc"));
    assertEquals("2025-06-19T10:16:03Z", second.text("issued"));
    assertEquals("2025-07-19T10:16:03Z", second.text("ends"));
    assertEquals(17, second.natural("evaluation"));
    assertEquals(DAY, second.text("received"));
    assertEquals(4, documents.size());
  }

  @Test
  void anEarlierEvaluationIsRefusedUnlessTheOperatorWantsIt() {
    imports("pcs/sgx_tcb_info_early.json");
    var older = recorded("pcs/sgx_tcb_info_00906ED50000.json");
    assertEquals(REFUSED, run("import", "--at", DAY, older));
    assertEquals(
        "testudo: `sgx-tcb-info-00906ed50000` is refused: its evaluation number is 17,"
            + " and the folder has 19; `--allow-older` goes back\n",
        err.toString(UTF_8));
    assertEquals("0 added, 0 replaced, 0 unchanged, 1 refused\n", out.toString(UTF_8));
    assertEquals(0, run("import", "--at", DAY, "--allow-older", older));
    new Printed(out.toString(UTF_8)).hasLine("0 added, 1 replaced, 0 unchanged, 0 refused");
  }

  @Test
  void aDocumentThatHasEndedIsRefused() {
    var file = recorded("pcs/sgx_qe_identity.json");
    assertEquals(REFUSED, run("import", "--at", "2025-06-26T19:05:28Z", file));
    assertEquals(
        "testudo: `sgx-qe-identity` is refused: it ended at 2025-06-26T19:05:27Z\n",
        err.toString(UTF_8));
    assertEquals(0, run("import", "--at", "2025-06-26T19:05:27Z", file));
  }

  @Test
  void aChangedDocumentIsRefused() throws IOException {
    var genuine = Files.readString(Path.of(recorded("pcs/sgx_tcb_info_00906ED50000.json")));
    var changed = work.resolve("changed.json");
    Files.writeString(
        changed,
        genuine.replaceFirst(
            "\\\\\"tcbStatus\\\\\":\\\\\"OutOfDate\\\\\"",
            "\\\\\"tcbStatus\\\\\":\\\\\"UpToDate\\\\\""));
    assertEquals(REFUSED, run("import", "--at", DAY, changed.toString()));
    assertEquals(0, run("list", "--at", DAY));
    assertEquals("", out.toString(UTF_8));
  }

  @Test
  void whatIsNoDocumentIsWrongInput() throws IOException {
    var file = Files.writeString(work.resolve("x"), "hello");
    assertEquals(1, run("import", file.toString()));
    assertEquals(
        "testudo: %s: it is neither a bundle, a reply of Intel's service, a revocation list nor a certificate\n"
            .formatted(file),
        err.toString(UTF_8));
    assertEquals(3, run("import", work.resolve("absent").toString()));
  }

  @Test
  void aBundleCarriesTheDocumentsToAnotherFolder() throws IOException {
    imports("pcs/pccs-tdx-collateral.json");
    var bundle = work.resolve("bundle.json");
    assertEquals(0, run("export", "--out", bundle.toString()));
    assertEquals("4 documents in %s\n".formatted(bundle), out.toString(UTF_8));
    var other = work.resolve("other").toString();
    var words = List.of("attest", "collateral", "import", "--dir", other, "--at", DAY);
    var all = new ArrayList<>(words);
    all.add(bundle.toString());
    assertEquals(0, Cli.run(all.toArray(String[]::new), CliTest.context(out, err, work)));
    var again = work.resolve("again.json");
    assertEquals(
        0,
        Cli.run(
            new String[] {
              "attest", "collateral", "export", "--dir", other, "--out", again.toString()
            },
            CliTest.context(out, err, work)));
    assertArrayEquals(Files.readAllBytes(bundle), Files.readAllBytes(again));
  }

  @ParameterizedTest
  @CsvSource({
    "2025-06-20T00:00:00Z, 6d, 0",
    "2025-06-20T00:00:00Z, 7d, 1",
    "2025-06-26T00:00:00Z, 19h, 0",
    "2025-06-26T00:00:00Z, 20h, 1",
    "2025-06-27T00:00:00Z, 1h, 1"
  })
  void expiresFailsIfSomethingEndsSoonOrHasEnded(String at, String within, int code) {
    imports("pcs/sgx_qe_identity.json");
    assertEquals(code, run("expires", "--at", at, "--within", within));
  }

  @Test
  void expiresSaysWhatEndsNext() throws IOException {
    imports("pcs/sgx_qe_identity.json");
    assertEquals(0, run("expires", "--at", DAY, "--within", "1d"));
    assertEquals(
        "nothing ends within 1d; the next end is 2025-06-26T19:05:27Z (sgx-qe-identity)\n",
        out.toString(UTF_8));
    assertEquals(1, run("expires", "--at", DAY, "--output", "json"));
    assertEquals("2025-06-26T19:05:27Z", json().text("next"));
  }

  @Test
  void expiresFailsWithoutDocuments() throws IOException {
    Files.createDirectory(work.resolve("collateral"));
    assertEquals(1, run("expires"));
    assertEquals("testudo: %s has no documents\n".formatted(folder()), err.toString(UTF_8));
  }

  @Test
  void expiresTellsOfFilesThatAreNoDocuments() throws IOException {
    imports("pcs/sgx_qe_identity.json");
    var garbage = Path.of(folder(), "garbage.json");
    Files.writeString(garbage, "{");
    assertEquals(1, run("expires", "--at", DAY, "--within", "1h"));
    assertEquals(
        "%s is no document: not JSON, or beyond a limit, at character 1; remove it\n"
            .formatted(garbage),
        err.toString(UTF_8));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "--fmspc 00906ED50000|`--fmspc` and `--tee` are given together, and `--ca` with them",
        "--fmspc 00906 --tee sgx|`--fmspc` takes 12 hexadecimal digits, not `00906`",
        "--fmspc 00906ED50000 --tee sev|`--tee` takes sgx or tdx, not `sev`",
        "--fmspc 00906ED50000 --tee sgx --ca root|`--ca` takes processor or platform, not `root`",
        "--product Milan --chip 00|`--chip` needs `--product` and `--tcb`",
        "--product Milan --chip 0011223344556677 --tcb bl=3|"
            + "`--tcb` takes numbers from 0 to 255, as bl=3,tee=0,snp=8,ucode=115, not `bl=3`",
        "--update late|`--update` takes early or standard, not `late`",
        "--pcs pccs.example|"
            + "`--pcs` takes https://HOST[:PORT], or http:// for this machine, not `pccs.example`"
      })
  void fetchRefusesWhatMakesNoSense(String words, String problem) {
    assertEquals(2, run("fetch", words.split(" ", -1)));
    assertEquals("testudo: " + problem + "\n", err.toString(UTF_8));
  }

  @Test
  void anEmptyFolderHasNothingToRefresh() {
    assertEquals(2, run("fetch"));
    assertEquals(
        "testudo: there is nothing to refresh in %s; say what to fetch with `--fmspc`, `--for` or `--product`\n"
            .formatted(folder()),
        err.toString(UTF_8));
  }

  @Test
  void aFolderThatDoesNotExistCannotBeListed() {
    assertEquals(3, run("list"));
    assertEquals(
        "testudo: the folder %s does not exist; `testudo attest collateral fetch` creates one\n"
            .formatted(folder()),
        err.toString(UTF_8));
    assertTrue(Files.notExists(work.resolve("collateral")));
  }
}
