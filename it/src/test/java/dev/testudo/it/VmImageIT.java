package dev.testudo.it;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// A confidential container image becomes a VM image, which boots in QEMU, without hardware that
/// attests and without KVM.
@Timeout(1800)
class VmImageIT {
  private static final int INPUT_WRONG = 1;
  private static final int ALL_SEEN = 7;

  /// Where a machine of QEMU reaches the loopback addresses of its host.
  private static final String HOST = "10.0.2.2";

  @TempDir private static Path shared;

  private static RunningCas cas;
  private static TestLayout layout;
  private static Path image;

  @TempDir private Path work;

  @BeforeAll
  static void buildAnImage() throws IOException {
    cas = RunningCas.start(shared.resolve("cas"));
    layout = new TestLayout(shared.resolve("images"));
    var script =
        """
        #!/bin/sh
        echo "the program runs as $(id -u):$(id -g), $(cat /etc/app/secret)"
        echo changed > /app/run.sh && echo "the root can be written"
        echo kept > /tmp/file && cat /tmp/file
        echo "modules_disabled $(cat /proc/sys/kernel/modules_disabled)"
        echo "lockdown $(cat /sys/kernel/security/lockdown)"
        exit %d
        """
            .formatted(ALL_SEEN);
    var files =
        ImageFiles.ofBusybox("sh", "cat", "id")
            .file("/app/run.sh", script.getBytes(UTF_8), 0755)
            .text("/etc/passwd", "root:x:0:0::/:/bin/sh\napp:x:1234:4321::/:/bin/sh\n")
            .directory("/tmp", 01777)
            .directory("/data", 0755);
    layout.image("plain", files, List.of("/app/run.sh"), "app");
    var made =
        Command.testudo(
            "sconify",
            "--json",
            "--name",
            "app",
            "--from",
            place("plain"),
            "--to",
            place("app"),
            "-o",
            shared.resolve("app.yaml").toString());
    assertEquals(0, made.exit(), made.all());
    var measurement = new ObjectMapper().readTree(made.out()).get("measurement").asText();
    cas.register(
        """
        name: app
        version: "0.3.12"
        security: {attestation: {tolerate: [software-evidence]}}
        services:
          - name: app
            image_name: image
            command: [/app/run.sh]
            environment: {PATH: "/usr/bin:/bin"}
            attestation: [{mrenclave: "%s", join_token: required}]
        images:
          - name: image
            injection_files: [{path: /etc/app/secret, content: $$SCONE::password$$}]
        secrets: [{name: password, kind: ascii, value: tell-nobody}]
        """
            .formatted(measurement));
    image = shared.resolve("app.efi");
    var built = build(Map.of(), image);
    assertEquals(0, built.exit(), built.all());
    assertTrue(built.out().contains(measurement), built.out());
  }

  @AfterAll
  static void stop() throws IOException {
    cas.close();
  }

  /// Returns the package of the kernel that `./test` has fetched.
  private static Path kernel() throws IOException {
    try (var files = Files.list(Command.ROOT.resolve("target/kernel"))) {
      return files
          .filter(file -> file.toString().endsWith(".deb"))
          .max(Path::compareTo)
          .orElseThrow();
    }
  }

  private static String place(String tag) {
    return "oci:" + layout.directory() + ":" + tag;
  }

  private static Command build(Map<String, String> environment, Path out) throws IOException {
    return build("app/app", environment, out);
  }

  private static Command build(
      String service, Map<String, String> environment, Path out, String... more)
      throws IOException {
    var words = new ArrayList<>(List.of(Command.LAUNCHER.toString(), "vm", "build"));
    words.addAll(List.of("--image", place("app"), "-o", out.toString(), "--service", service));
    words.addAll(List.of("--cas", HOST + ":" + cas.port(), "--cas-key", cas.key().text()));
    words.addAll(List.of("--kernel", kernel().toString()));
    words.addAll(List.of(more));
    return Command.run(environment, words);
  }

  @Test
  void theSameInputsGiveTheSameBytes() throws Exception {
    var other = work.resolve("other.efi");
    var elsewhere = Map.of("TZ", "Asia/Tokyo", "LC_ALL", "tr_TR.UTF-8", "LANG", "tr_TR.UTF-8");
    var built = build(elsewhere, other);
    assertEquals(0, built.exit(), built.all());
    assertArrayEquals(Files.readAllBytes(image), Files.readAllBytes(other));
    var same = Command.testudo("vm", "diff", image.toString(), other.toString());
    assertEquals("0:", same.exit() + ":" + same.out());
    assertEquals(0, Files.size(other) % 8, "rules for Authenticode differ for other lengths");
  }

  @Test
  void aMachineMeasuresWhatWasPredictedAndGetsItsSecretWithTheToken() throws Exception {
    var measured =
        Command.testudo("vm", "measure", image.toString(), "--platform", "tpm", "--json");
    assertEquals(0, measured.exit(), measured.all());
    var token = Files.writeString(work.resolve("token"), cas.token("app/app", 1));
    var console = work.resolve("console");
    var ran =
        Command.testudo(
            "vm",
            "run",
            image.toString(),
            "--token-file",
            token.toString(),
            "--accelerator",
            "tcg",
            "--console",
            console.toString());
    assertEquals(ALL_SEEN, ran.exit(), ran.all());
    var printed = ran.out();
    for (var value : new ObjectMapper().readTree(measured.out()).get("values")) {
      if (!value.get("name").asText().startsWith("PCR ")) {
        continue;
      }
      var line = value.get("name").asText() + ": " + value.get("value").asText();
      assertTrue(printed.contains("testudo vm: " + line + "\n"), line + "\n" + printed);
    }
    assertTrue(printed.contains("the program runs as 1234:4321, tell-nobody\n"), printed);
    assertFalse(printed.contains("the root can be written"), printed);
    assertTrue(printed.contains("\nkept\n"), printed);
    assertTrue(printed.contains("modules_disabled 1\n"), printed);
    assertTrue(printed.contains("lockdown none integrity [confidentiality]\n"), printed);
    assertTrue(printed.contains("not hardware attested"), printed);
    assertEquals(printed, Files.readString(console));
  }

  /// The TPM is in software and its certificate is from an authority of this machine, so all of it
  /// proves nothing, and says so.
  @Test
  void aMachineAttestsWithItsTpmAndWhatIsChangedInTheImageIsNamed() throws Exception {
    var booted = work.resolve("tpm.efi");
    assertEquals(0, build("tpm/app", Map.of(), booted, "--evidence-source", "tpm").exit());
    var measured =
        Command.testudo("vm", "measure", booted.toString(), "--platform", "tpm", "--json");
    var parts = new TreeMap<String, String>();
    for (var value : new ObjectMapper().readTree(measured.out()).get("values")) {
      parts.put(value.get("name").asText(), value.get("value").asText());
    }
    var initrd = parts.put("image initrd", "0".repeat(64));
    register(parts);
    var refused = attested(booted);
    assertFalse(refused.out().contains("tell-nobody"), refused.out());
    var reasons = String.join("\n", cas.why(refused.out()).details());
    assertTrue(reasons.contains("image initrd: expected 000000"), reasons);
    assertFalse(reasons.contains("image linux"), reasons);

    parts.put("image initrd", initrd);
    register(parts);
    var ran = attested(booted);
    assertEquals(ALL_SEEN, ran.exit(), ran.all());
    assertTrue(ran.out().contains("tell-nobody\n"), ran.out());
    assertTrue(ran.out().contains("not hardware attested (tpm evidence)"), ran.out());
  }

  private static void register(Map<String, String> parts) throws IOException {
    cas.apply(
        "tpm",
        """
        name: tpm
        version: "0.3.12"
        security: {attestation: {tolerate: [tpm-evidence]}}
        services:
          - name: app
            image_name: image
            command: [/app/run.sh]
            environment: {PATH: "/usr/bin:/bin"}
            attestation:
              - tpm:
                  pcrs: {9: %s, 11: %s}
                  image: {uki: %s, linux: %s, osrel: %s, cmdline: %s, initrd: %s}
                join_token: required
        images:
          - name: image
            injection_files: [{path: /etc/app/secret, content: $$SCONE::password$$}]
        secrets: [{name: password, kind: ascii, value: tell-nobody}]
        """
            .formatted(
                parts.get("PCR 9"),
                parts.get("PCR 11"),
                parts.get("image uki"),
                parts.get("image linux"),
                parts.get("image osrel"),
                parts.get("image cmdline"),
                parts.get("image initrd")));
  }

  /// Runs the image of the service `tpm/app` with a token.
  private Command attested(Path image) throws IOException {
    var token = Files.writeString(work.resolve("token"), cas.token("tpm/app", 1));
    return Command.testudo(
        "vm", "run", image.toString(), "--token-file", token.toString(), "--accelerator", "tcg");
  }

  @Test
  void nothingOfAMachineOutlivesTheCommandThatIsKilled() throws Exception {
    var words = List.of(Command.LAUNCHER.toString(), "vm", "run", image.toString());
    var all = new ArrayList<>(words);
    all.addAll(List.of("--accelerator", "tcg"));
    var output = work.resolve("output").toFile();
    var command = new ProcessBuilder(all).redirectErrorStream(true).redirectOutput(output).start();
    Patience.until(
        () -> command.descendants().filter(VmImageIT::isQemu).count() > 0, () -> "no machine");
    var family = command.descendants().toList();
    command.destroyForcibly();
    command.waitFor();
    Patience.until(
        () -> family.stream().allMatch(Processes::hasEnded), () -> "still there: " + family);
  }

  private static boolean isQemu(ProcessHandle process) {
    return Processes.commandLine(process.pid()).stream()
        .findFirst()
        .filter(name -> name.startsWith("qemu-system"))
        .isPresent();
  }

  @Test
  void theImageOfAManifestIsTheOneThatWasBuiltLast() throws Exception {
    var manifest = work.resolve("service.yaml");
    Files.writeString(
        manifest,
        """
        apiVersion: scone/5.8
        kind: genservice
        build: {name: app, kind: none, to: "oci:%s:1", pwd: /, command: /busybox, copy: [busybox]}
        """
            .formatted(work.resolve("made")));
    Files.copy(Path.of("/bin/busybox"), work.resolve("busybox"));
    var out = work.resolve("made.efi");
    var cas = List.of("--cas", HOST + ":1", "--cas-key", VmImageIT.cas.key().text());
    var words = new ArrayList<>(List.of("vm", "build", "-f", manifest.toString()));
    words.addAll(List.of("-o", out.toString(), "--service", "app/app"));
    words.addAll(List.of("--kernel", kernel().toString()));
    words.addAll(cas);
    var early = Command.testudo(words.toArray(String[]::new));
    assertEquals(INPUT_WRONG, early.exit(), early.all());
    assertFalse(Files.exists(out));
    var applied = Command.testudo("apply", "-f", manifest.toString(), "--json");
    assertEquals(0, applied.exit(), applied.all());
    words.add("--json");
    var built = Command.testudo(words.toArray(String[]::new));
    assertEquals(0, built.exit(), built.all());
    var json = new ObjectMapper();
    assertEquals(
        json.readTree(applied.out()).get("measurement"),
        json.readTree(built.out()).get("measurement"));
    var different = Command.testudo("vm", "diff", image.toString(), out.toString());
    assertEquals(1, different.exit(), different.all());
    assertTrue(different.out().contains(".initrd: /busybox: only in the second\n"));
  }

  @Test
  void aKernelThatIsNotTheOneNamedIsRefused() throws Exception {
    var out = work.resolve("none.efi");
    var pinned = kernel() + "@sha256:" + "0".repeat(64);
    var words = new ArrayList<>(List.of("vm", "build", "--image", place("app")));
    words.addAll(List.of("-o", out.toString(), "--service", "app/app", "--kernel", pinned));
    words.addAll(List.of("--cas", HOST + ":1", "--cas-key", cas.key().text()));
    var wrong = Command.testudo(words.toArray(String[]::new));
    assertEquals(INPUT_WRONG, wrong.exit(), wrong.all());
    assertTrue(wrong.err().contains("has the SHA-256"), wrong.err());
    assertFalse(Files.exists(out));
  }

  @Test
  void anImageThatIsNotConfidentialIsRefused() throws Exception {
    var out = work.resolve("none.efi");
    var words = new ArrayList<>(List.of("vm", "build", "--image", place("plain")));
    words.addAll(List.of("-o", out.toString(), "--service", "app/app"));
    words.addAll(List.of("--kernel", kernel().toString()));
    words.addAll(List.of("--cas", HOST + ":1", "--cas-key", cas.key().text()));
    var refused = Command.testudo(words.toArray(String[]::new));
    assertEquals(INPUT_WRONG, refused.exit(), refused.all());
    assertTrue(refused.err().contains("is not confidential"), refused.err());
    assertFalse(Files.exists(out));
  }
}
