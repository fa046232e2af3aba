package dev.testudo.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.testudo.cli.gramine.EnclaveReport;
import dev.testudo.gramine.GramineRelease;
import dev.testudo.gramine.elf.ElfFile;
import dev.testudo.gramine.measure.EnclaveMeasurement;
import dev.testudo.gramine.measure.EnclaveShape;
import dev.testudo.gramine.sigstruct.Sigstruct;
import dev.testudo.trust.attest.evidence.Measurement;
import dev.testudo.trust.attest.evidence.Octets;
import dev.testudo.trust.pki.PrivateKeys;
import java.io.IOException;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.KeyPairGenerator;
import java.security.spec.RSAKeyGenParameterSpec;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class GramineManifestCommandTest {
  private static final int INPUT_WRONG = 1;
  private static final int USAGE = 2;
  private static final int ENVIRONMENT_FAILED = 3;

  private static final String HEAD =
      """
      apiVersion: scone/5.8
      kind: genservice
      """;

  private static final String BUILD =
      """
      build: {name: app, kind: sconify_image, from: base, to: "app:1", command: app --serve}
      """;

  @TempDir private Path work;

  private SmallImages images;
  private Octets library = Octets.of(new byte[0]);

  @BeforeEach
  void parts() throws IOException {
    images = new SmallImages(work);
    images.image(
        "elf",
        SmallImages.started(List.of("/usr/bin/app")),
        SmallImages.file("/usr/bin/app", "\u007fELF program"),
        SmallImages.file("/usr/bin/script", "#!/usr/bin/app\n"),
        SmallImages.file("/usr/lib/real.so.1", "a library", 0644),
        SmallImages.file("/run/old.pid", "1", 0644),
        SmallImages.link("/bin", "usr/bin"),
        SmallImages.link("/usr/lib/real.so", "real.so.1"),
        SmallImages.link("/usr/lib/alternative.so", "/usr/lib/real.so"),
        SmallImages.link("/usr/lib/dangling.so", "nothing"),
        SmallImages.link("/var/run", "/run"));
    images.succeed(
        "sconify",
        "--from",
        images.name("elf"),
        "--to",
        images.name("made"),
        "--name",
        "app",
        "-o",
        work.resolve("session.yaml").toString());
    library = Octets.of(library());
    Files.write(work.resolve("libpal.so"), library.toBytes());
    Files.writeString(work.resolve("libsysdb.so"), "the library OS");
    manifest(BUILD);
  }

  /// A library with one segment, which is executable.
  private static byte[] library() {
    var size = 64 + 56;
    var bytes = new byte[size];
    ByteBuffer.wrap(bytes)
        .order(ByteOrder.LITTLE_ENDIAN)
        .putInt(0, 0x464c457f)
        .put(4, (byte) 2)
        .put(5, (byte) 1)
        .putShort(16, (short) 3)
        .putShort(18, (short) 62)
        .putLong(24, 64)
        .putLong(32, 64)
        .putShort(54, (short) 56)
        .putShort(56, (short) 1)
        .putInt(64, 1)
        .putInt(68, 5)
        .putLong(96, size)
        .putLong(104, size);
    return bytes;
  }

  private void manifest(String text) throws IOException {
    Files.writeString(work.resolve("service.yaml"), HEAD + text);
  }

  private Path out() {
    return work.resolve("enclave");
  }

  /// Returns the command line. Options in `more` replace the usual ones.
  private String[] words(String... more) {
    var usual =
        List.of(
            List.of("-f", work.resolve("service.yaml").toString()),
            List.of("-o", out().toString()),
            List.of("--image", images.name("made")),
            List.of("--release", "1.9"),
            List.of("--libpal", work.resolve("libpal.so").toString()),
            List.of("--libos", work.resolve("libsysdb.so").toString()));
    var words = new ArrayList<>(List.of("gramine", "manifest"));
    usual.stream()
        .filter(option -> !List.of(more).contains(option.getFirst()))
        .forEach(words::addAll);
    words.addAll(List.of(more));
    return words.toArray(String[]::new);
  }

  private String written() throws IOException {
    return Files.readString(out().resolve("service.manifest.sgx"));
  }

  private void refused(int code, String... more) {
    assertEquals(code, images.run(words(more)), images.err().text());
    assertFalse(Files.exists(out()), "nothing is written");
    assertEquals("", images.out().text());
  }

  private Path key(int bits, int exponent) throws Exception {
    var generator = KeyPairGenerator.getInstance("RSA");
    generator.initialize(new RSAKeyGenParameterSpec(bits, BigInteger.valueOf(exponent)));
    var pair = generator.generateKeyPair();
    return Files.writeString(
        Files.createFile(
            work.resolve("key.pem"),
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"))),
        PrivateKeys.toPem(pair.getPrivate(), pair.getPublic()));
  }

  private static String trusted(String place, String content) {
    var hash = Octets.of(Measurement.sha256().digest(content.getBytes(UTF_8))).hex();
    return "[[sgx.trusted_files]]\nuri = \"file:%s\"\nsha256 = \"%s\"\n".formatted(place, hash);
  }

  @Test
  void whatIsPrintedIsMeasuredOfWhatIsWritten() throws Exception {
    var printed = images.succeed(words("--json")).json();
    var measured =
        EnclaveMeasurement.of(
            GramineRelease.V1_9,
            EnclaveShape.of("1G", 64, false),
            Octets.of(Files.readAllBytes(out().resolve("service.manifest.sgx"))),
            ElfFile.read("libpal.so", library));
    assertEquals(measured.hex(), printed.text("mrenclave"));
    assertEquals(EnclaveReport.CONFIDENCE, printed.text("confidence"));
    assertEquals(
        "attestation:\n  - mrenclave: %s\n".formatted(measured.hex()), printed.text("policy"));
    assertFalse(Files.exists(out().resolve("service.sig")));
    images.succeed(words());
    images.out().hasLine("mrenclave    %s (computed, not confirmed)".formatted(measured.hex()));
  }

  @Test
  void theSameInputsGiveTheSameBytes() throws Exception {
    var key = key(3072, 3).toString();
    images.succeed(words("--key", key));
    var manifest = Files.readAllBytes(out().resolve("service.manifest.sgx"));
    var signature = Files.readAllBytes(out().resolve("service.sig"));
    images.succeed(words("--key", key));
    assertArrayEquals(manifest, Files.readAllBytes(out().resolve("service.manifest.sgx")));
    assertArrayEquals(signature, Files.readAllBytes(out().resolve("service.sig")));
  }

  @Test
  void theEnclaveIsSignedWithTheKeyOfTheUser() throws Exception {
    var key = key(3072, 3);
    var printed =
        images
            .succeed(words("--json", "--key", key.toString(), "--isvprodid", "7", "--isvsvn", "3"))
            .json();
    var signature = Octets.of(Files.readAllBytes(out().resolve("service.sig")));
    assertEquals(Sigstruct.BYTES, signature.length());
    assertEquals(printed.text("mrenclave"), signature.slice(960, 32).hex());
    assertEquals(7, signature.u16(1024));
    assertEquals(3, signature.u16(1026));
    var modulus = signature.slice(128, 384).toBytes();
    assertEquals(Octets.of(Measurement.sha256().digest(modulus)).hex(), printed.text("mrsigner"));
    assertTrue(printed.text("policy").contains("mrsigner: " + printed.text("mrsigner")));

    images.succeed(words());
    assertFalse(Files.exists(out().resolve("service.sig")), "of another enclave");
  }

  @Test
  void theFilesOfTheImageAreTrustedAndLinksLeadToThem() throws Exception {
    images.succeed(words());
    var text = written();
    assertTrue(text.contains("\nentrypoint = \"/usr/bin/app\"\n"), text);
    assertTrue(text.contains("argv = [\"app\", \"--serve\"]\n"), text);
    assertTrue(text.contains(trusted("rootfs/usr/bin/app", "\u007fELF program")), text);
    assertTrue(text.contains(trusted("rootfs/usr/lib/real.so", "a library")), text);
    assertTrue(text.contains(trusted("rootfs/usr/lib/alternative.so", "a library")), text);
    assertTrue(
        text.contains("path = \"/bin\"\nuri = \"file:rootfs/usr/bin\"\n"), "a link to a folder");
    assertTrue(
        text.contains(
            "path = \"/usr/lib/alternative.so\"\nuri = \"file:rootfs/usr/lib/real.so.1\"\n"),
        "an absolute link");
    assertFalse(text.contains("path = \"/usr/lib/real.so\""), "the host follows a relative one");
    assertTrue(text.contains("type = \"tmpfs\"\npath = \"/run\"\n"), text);
    assertTrue(text.contains("type = \"tmpfs\"\npath = \"/var/run\"\n"), text);
    for (var absent : List.of("/.testudo", "dangling", "old.pid", "insecure__", "allowed_files")) {
      assertFalse(text.contains(absent), absent);
    }
  }

  @Test
  void aFileWithAFixedContentIsWrittenAndTrusted() throws Exception {
    manifest(
        BUILD
            + """
            injection_files: [{path: /etc/app.conf, content: "a: 1", permission: "0o440"}]
            """);
    images.succeed(words("--root", "/", "--tmpfs", "/srv/cache", "--edmm", "--exinfo"));
    var text = written();
    assertTrue(text.contains(trusted("fixed/0", "a: 1")), text);
    assertTrue(text.contains("path = \"/etc/app.conf\"\nuri = \"file:fixed/0\"\n"), text);
    assertTrue(text.contains(trusted("/usr/bin/app", "\u007fELF program")), text);
    assertTrue(text.contains("type = \"tmpfs\"\npath = \"/srv/cache\"\n"), text);
    assertTrue(text.contains("edmm_enable = true\n"), text);
    assertTrue(text.contains("use_exinfo = true\n"), text);
    assertEquals("a: 1", Files.readString(out().resolve("fixed/0")));
    assertEquals(
        "r--r-----",
        PosixFilePermissions.toString(Files.getPosixFilePermissions(out().resolve("fixed/0"))));
  }

  @Test
  void aVolumeIsAFolderThatTheProcessorHasTheKeyOf() throws Exception {
    manifest(
        BUILD.replace(
            "command",
            "volumes: [{name: data, path: /data, update_policy: no_rollback_protection}], command"));
    refused(INPUT_WRONG);
    images.succeed(words("--volume-key", "mrsigner"));
    assertEquals(
        List.of("warning not-under-gramine %s:3:95".formatted(work.resolve("service.yaml"))),
        images.err().diagnostics());
    var mount =
        """
        type = "encrypted"
        path = "/data"
        uri = "file:volumes/data"
        key_name = "_sgx_mrsigner"
        """;
    assertTrue(written().contains(mount), written());
    assertTrue(Files.isDirectory(out().resolve("volumes/data")));
  }

  @Test
  void whatNeedsAnAgentIsRefusedAtItsPlaceAndNothingIsWritten() throws Exception {
    manifest(
        BUILD
            + """
            environment:
              local:
                - {name: SCONE_NETWORK_SHIELD, value: protected}
                - {name: PASSWORD, value: $$SCONE::password$$}
            secrets: {global: [{name: password, kind: ascii, size: 16}]}
            """);
    refused(INPUT_WRONG);
    var file = work.resolve("service.yaml");
    assertEquals(
        List.of(
            "error not-under-gramine %s:6:14".formatted(file),
            "error not-under-gramine %s:7:31".formatted(file),
            "warning not-under-gramine %s:8:27".formatted(file)),
        images.err().diagnostics());
  }

  @Test
  void anotherReleaseIsRefusedWithThoseThatAreKnown() {
    refused(USAGE, "--release", "1.7");
    images
        .err()
        .hasLine(
            "testudo: what SGX measures of Gramine `1.7` is not known; `--release` takes 1.8, 1.9");
  }

  @Test
  void aFileThatIsNotTheExpectedOneIsRefused() {
    var pinned = "%s@sha256:%s".formatted(work.resolve("libpal.so"), "00".repeat(32));
    refused(INPUT_WRONG, "--libpal", pinned);
    refused(INPUT_WRONG, "--libos", pinned);
    refused(INPUT_WRONG, "--libpal", work.resolve("libsysdb.so").toString());
  }

  @Test
  void aKeyThatCannotSignOrThatOthersCanReadIsRefused() throws Exception {
    var key = key(3072, 65537);
    refused(INPUT_WRONG, "--key", key.toString());
    Files.delete(key);
    key = key(3072, 3);
    Files.setPosixFilePermissions(key, PosixFilePermissions.fromString("rw-r--r--"));
    refused(ENVIRONMENT_FAILED, "--key", key.toString());
    assertFalse(images.err().text().contains("BEGIN"));
    refused(ENVIRONMENT_FAILED, "--key", work.resolve("none.pem").toString());
  }

  @Test
  void anEnclaveThatCannotBeIsRefused() {
    refused(USAGE, "--enclave-size", "3G");
    refused(USAGE, "--enclave-size", "big");
    refused(USAGE, "--threads", "3");
    refused(USAGE, "--stack", "1G");
    refused(USAGE, "--isvsvn", "65536");
    refused(USAGE, "--tmpfs", "srv");
    refused(USAGE, "--tmpfs", "/");
    refused(USAGE, "--root", "../rootfs");
    refused(USAGE, "--volume-key", "cas");
    refused(INPUT_WRONG, "--enclave-size", "16M");
  }

  @Test
  void aProgramThatGramineCannotStartIsRefused() throws Exception {
    manifest(BUILD.replace("app --serve", "/usr/bin/script"));
    refused(INPUT_WRONG);
    manifest(BUILD.replace("app --serve", "missing"));
    refused(INPUT_WRONG);
    manifest(BUILD.replace("command", "pwd: /nowhere, command"));
    refused(INPUT_WRONG);
  }

  @Test
  void anImageThatIsNotConfidentialIsRefused() {
    refused(INPUT_WRONG, "--image", images.name("elf"));
  }

  @Test
  void twoThingsAtOnePlaceAreRefused() throws Exception {
    manifest(BUILD + "injection_files: [{path: /etc/app.conf, content: a}]\n");
    refused(INPUT_WRONG, "--tmpfs", "/etc/app.conf");
  }

  @Test
  void theMeasurementFollowsTheOptions() throws Exception {
    var first = images.succeed(words("--json")).json().text("mrenclave");
    assertEquals(
        first, images.succeed(words("--json", "--release", "1.8")).json().text("mrenclave"));
    for (var other :
        List.of(List.of("--threads", "8"), List.of("--subprocesses"), List.of("--root", "r"))) {
      var more = new ArrayList<>(List.of("--json"));
      more.addAll(other);
      var measured = images.succeed(words(more.toArray(String[]::new))).json().text("mrenclave");
      assertNotEquals(first, measured, other.toString());
    }
  }
}
