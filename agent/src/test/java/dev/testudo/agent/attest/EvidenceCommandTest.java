package dev.testudo.agent.attest;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;

import dev.testudo.agent.attest.source.Devices;
import dev.testudo.trust.attest.evidence.Evidence;
import dev.testudo.trust.attest.evidence.EvidenceJson;
import dev.testudo.trust.attest.evidence.ReportData;
import dev.testudo.trust.channel.AttestedChannel;
import dev.testudo.trust.json.JsonMembers;
import dev.testudo.trust.pki.PublicKeys;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(30)
class EvidenceCommandTest {
  private static final String NONCE = "5a".repeat(32);

  @TempDir private Path folder;
  private final ByteArrayOutputStream out = new ByteArrayOutputStream();
  private final ByteArrayOutputStream err = new ByteArrayOutputStream();

  private int run(String... args) {
    var azure = new Devices.Azure(folder.resolve("tag"), URI.create("http://127.0.0.1:9"));
    var devices =
        new Devices(
            folder.resolve("report"),
            folder.resolve("sev-guest"),
            folder.resolve("attestation"),
            new Devices.Tpm(folder.resolve("tpm"), folder.resolve("log")),
            azure,
            new Devices.Sysfs(folder.resolve("measurements"), folder.resolve("misc")));
    return EvidenceCommand.run(
        List.of(args), folder, devices, new PrintStream(out), new PrintStream(err));
  }

  private Evidence printed() throws IOException {
    return EvidenceJson.decode(JsonMembers.read(out.toByteArray(), 1 << 16, "evidence"));
  }

  private Path gramine() throws IOException {
    var directory = Files.createDirectories(folder.resolve("attestation"));
    Files.writeString(directory.resolve("attestation_type"), "dcap");
    Files.write(directory.resolve("user_report_data"), new byte[0]);
    Files.write(directory.resolve("quote"), new byte[] {3, 0, 2, 0});
    return directory.resolve("user_report_data");
  }

  @Test
  void printsWhatAnAgentWouldShowBoundToTheKeyAndTheNonce() throws IOException {
    var data = gramine();
    var key = AttestedChannel.instance().certificate().getPublicKey();
    var file = Files.writeString(folder.resolve("key.pem"), PublicKeys.toPem(key)).toString();
    assertEquals(0, run("--nonce", NONCE, "--key", file));
    var quote = assertInstanceOf(Evidence.SgxQuote.class, printed()).quote();
    assertEquals("03000200", quote.hex());
    var expected = ReportData.of(key, HexFormat.of().parseHex(NONCE));
    assertEquals(expected.hex(), HexFormat.of().formatHex(Files.readAllBytes(data)));
    assertEquals("testudo: evidence from gramine, not verified here\n", err.toString(UTF_8));
  }

  @Test
  void withoutAKeyItPrintsTheOneThatItMakes() throws Exception {
    var data = gramine();
    assertEquals(0, run("--nonce", NONCE.toUpperCase(Locale.ROOT)));
    var said = err.toString(UTF_8);
    var first = "testudo: bound to a new key, which nobody has:\n";
    assertEquals(first, said.substring(0, first.length()));
    var key =
        PublicKeys.fromPem(said.substring(first.length(), said.lastIndexOf("testudo: evidence")));
    var expected = ReportData.of(key, HexFormat.of().parseHex(NONCE));
    assertEquals(expected.hex(), HexFormat.of().formatHex(Files.readAllBytes(data)));
  }

  @Test
  void withoutHardwareItNeedsAnImageAndSaysWhatItsEvidenceIs() throws IOException {
    assertEquals(3, run("--nonce", NONCE));
    assertEquals("", out.toString(UTF_8));
    err.reset();
    var image = Files.createDirectories(folder.resolve("image/root"));
    Files.writeString(
        image.resolveSibling("image.json"), "{\"name\":\"x\",\"files\":[],\"host_paths\":[]}");
    assertEquals(0, run("--nonce", NONCE, "--image", folder.resolve("image").toString()));
    assertInstanceOf(Evidence.Software.class, printed());
    var last = "testudo: not hardware attested (software evidence)\n";
    var said = err.toString(UTF_8);
    assertEquals(last, said.substring(said.length() - last.length()));
  }

  @Test
  void aSourceThatIsNamedAndAbsentIsAFailure() {
    assertEquals(3, run("--nonce", NONCE, "--source", "configfs-tsm"));
    assertEquals("", out.toString(UTF_8));
  }

  @Test
  void allMistakesAreToldAtOnce() {
    assertEquals(2, run("--nonce", "5a", "--source", "software", "--vmpl", "7"));
    assertEquals(
        "testudo: `7` of `--vmpl` is not a number from 0 to 3; `--nonce` needs 64 hexadecimal digits;"
            + " `--source software` needs `--image DIR`; see `testudo attest evidence --help`\n",
        err.toString(UTF_8));
  }

  @Test
  void whatTheSourceThatIsFoundCannotDoIsRefused() throws IOException {
    var data = gramine();
    assertEquals(4, run("--nonce", NONCE, "--vmpl", "1"));
    var said = err.toString(UTF_8);
    assertEquals(
        "testudo: refused: `--vmpl` is only for SEV-SNP, not for evidence of sgx from `gramine`",
        said.lines().toList().getLast());
    assertEquals(0, Files.size(data));
    assertEquals("", out.toString(UTF_8));
  }

  @Test
  void withoutASourceAPrivilegeLevelIsNotIgnored() {
    assertEquals(4, run("--nonce", NONCE, "--vmpl", "1", "--image", folder.toString()));
    assertEquals("", out.toString(UTF_8));
  }

  @Test
  void aKeyIsReadFromARegularFileOnly() throws Exception {
    gramine();
    var pipe = folder.resolve("pipe").toString();
    assertEquals(0, new ProcessBuilder("mkfifo", pipe).start().waitFor());
    for (var wrong : List.of(pipe, "/dev/zero", folder.toString())) {
      assertEquals(1, run("--nonce", NONCE, "--key", wrong), wrong);
    }
    err.reset();
    assertEquals(3, run("--nonce", NONCE, "--key", folder.resolve("absent").toString()));
    assertEquals(
        "testudo: read the key: %s does not exist\n".formatted(folder.resolve("absent")),
        err.toString(UTF_8));
    assertEquals("", out.toString(UTF_8));
  }

  @Test
  void wrongUsageIsTold() {
    assertEquals(2, run());
    assertEquals(2, run("--nonce", "5a"));
    assertEquals(2, run("--nonce", NONCE, "--source", "tee"));
    assertEquals(2, run("--nonce", NONCE, "--nonce", NONCE));
    assertEquals(2, run("--nonce", NONCE, "--vmpl", "4"));
    assertEquals(2, run("--nonce", NONCE, "--source", "gramine", "--image", "x"));
    assertEquals(2, run("--nonce"));
    assertEquals(2, run("--cas", "x"));
    assertEquals("", out.toString(UTF_8));
  }
}
