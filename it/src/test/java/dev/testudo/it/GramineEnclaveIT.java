package dev.testudo.it;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// A confidential container image becomes an enclave of Gramine. Gramine itself is not there: its
/// library is one that gcc makes, and other programs read, measure and verify what is written.
@Timeout(600)
class GramineEnclaveIT {
  private static final int INPUT_WRONG = 1;
  private static final String PYTHON = "/usr/bin/python3";
  private static final String SERVER = "serves nothing\n";
  private static final int SIGNED = 128;
  private static final int BODY = 900;

  @TempDir private static Path shared;

  private static TestLayout layout;

  @TempDir private Path work;

  @BeforeAll
  static void buildTheParts() throws IOException {
    layout = new TestLayout(shared.resolve("images"));
    var files =
        ImageFiles.ofBusybox("sh", "cat")
            .file("/app/data", SERVER.getBytes(UTF_8), 0644)
            .text("/etc/passwd", "root:x:0:0::/:/bin/sh\napp:x:1234:4321::/:/bin/sh\n");
    layout.image("plain", files, List.of("sh"), "app");
    succeed(
        "sconify",
        "--name",
        "app",
        "--from",
        place("plain"),
        "--to",
        place("app"),
        "-o",
        shared.resolve("app.yaml").toString());
    Files.writeString(
        shared.resolve("pal.c"),
        "static int numbers[9000] = {1}; int start(int i) { return numbers[i]++; }\n");
    var library = shared.resolve("libpal.so").toString();
    run("gcc", "-shared", "-fPIC", "-nostdlib", "-Wl,-e,start", "-o", library, file("pal.c"));
    Files.writeString(shared.resolve("libsysdb.so"), "the library OS");
    run("openssl", "genrsa", "-3", "-out", file("key.pem"), "3072");
    run("chmod", "0600", file("key.pem"));
    Files.writeString(shared.resolve("service.yaml"), manifest(""));
  }

  private static String manifest(String more) {
    return """
        apiVersion: scone/5.8
        kind: genservice
        build: {name: app, kind: sconify_image, from: plain, to: "app:1", command: sh /app/data}
        environment: {local: [{name: PATH, value: "/usr/bin:/bin"}]}
        """
        + more;
  }

  private static String file(String name) {
    return shared.resolve(name).toString();
  }

  private static String place(String tag) {
    return "oci:" + layout.directory() + ":" + tag;
  }

  private static String run(String... words) {
    var ran = Command.run(words);
    assertEquals(0, ran.exit(), ran.all());
    return ran.out();
  }

  private static void succeed(String... words) {
    var ran = Command.testudo(words);
    assertEquals(0, ran.exit(), ran.all());
  }

  private static Command gramine(
      Map<String, String> environment, String service, Path out, String... more) {
    var words = new ArrayList<>(List.of(Command.LAUNCHER.toString(), "gramine", "manifest"));
    words.addAll(List.of("-f", service, "--image", place("app"), "-o", out.toString()));
    words.addAll(List.of("--release", "1.9", "--libpal", file("libpal.so")));
    words.addAll(List.of("--libos", file("libsysdb.so"), "--key", file("key.pem")));
    words.addAll(List.of(more));
    return Command.run(environment, words);
  }

  private JsonNode made(Path out, String... more) throws IOException {
    var words = new ArrayList<>(List.of(more));
    words.add("--json");
    var made = gramine(Map.of(), file("service.yaml"), out, words.toArray(String[]::new));
    assertEquals(0, made.exit(), made.all());
    return new ObjectMapper().readTree(made.out());
  }

  @Test
  void theSameInputsGiveTheSameBytesEverywhere() throws Exception {
    made(work.resolve("one"));
    var elsewhere = Map.of("TZ", "Asia/Tokyo", "LC_ALL", "tr_TR.UTF-8", "LANG", "tr_TR.UTF-8");
    var again = gramine(elsewhere, file("service.yaml"), work.resolve("two"));
    assertEquals(0, again.exit(), again.all());
    assertTrue(again.out().contains("computed, not confirmed"), again.out());
    for (var name : List.of("service.manifest.sgx", "service.sig")) {
      assertArrayEquals(
          Files.readAllBytes(work.resolve("one").resolve(name)),
          Files.readAllBytes(work.resolve("two").resolve(name)),
          name);
    }
  }

  @Test
  void aSecondImplementationMeasuresTheSame() throws Exception {
    var script = Command.ROOT.resolve("gramine/src/test/resources/mrenclave.py").toString();
    for (var memory : List.of("static", "dynamic")) {
      var out = work.resolve(memory);
      var printed =
          memory.equals("dynamic")
              ? made(out, "--threads", "9", "--enclave-size", "256M", "--edmm")
              : made(out, "--threads", "9", "--enclave-size", "256M");
      assertEquals(
          printed.get("mrenclave").asText(),
          run(
                  PYTHON,
                  script,
                  out.resolve("service.manifest.sgx").toString(),
                  file("libpal.so"),
                  Integer.toString(256 << 20),
                  "9",
                  memory)
              .strip());
    }
  }

  @Test
  void theManifestHasTheFilesOfTheImageWithTheirHashes() throws Exception {
    var out = work.resolve("enclave");
    made(out);
    var script =
        "import json, sys, tomllib; print(json.dumps(tomllib.load(open(sys.argv[1], 'rb'))))";
    var read =
        new ObjectMapper()
            .readTree(run(PYTHON, "-c", script, out.resolve("service.manifest.sgx").toString()));
    var hashes = new HashMap<String, String>();
    for (var one : read.get("sgx").get("trusted_files")) {
      hashes.put(one.get("uri").asText(), one.get("sha256").asText());
    }
    var data = Files.writeString(work.resolve("data"), SERVER);
    assertEquals(
        run("sha256sum", data.toString()).substring(0, 64), hashes.get("file:rootfs/app/data"));
    assertTrue(hashes.keySet().stream().noneMatch(uri -> uri.contains("/.testudo")));
    assertTrue(hashes.containsKey("file:rootfs" + read.get("libos").get("entrypoint").asText()));
    assertEquals("[\"sh\",\"/app/data\"]", read.get("loader").get("argv").toString());
    assertEquals(1234, read.get("loader").get("uid").asInt());
    assertEquals(4321, read.get("loader").get("gid").asInt());
    assertFalse(read.get("sgx").has("allowed_files"));
  }

  @Test
  void opensslVerifiesTheSignature() throws Exception {
    var out = work.resolve("enclave");
    made(out);
    var sigstruct = Files.readAllBytes(out.resolve("service.sig"));
    var content = new byte[2 * SIGNED];
    System.arraycopy(sigstruct, 0, content, 0, SIGNED);
    System.arraycopy(sigstruct, BODY, content, SIGNED, SIGNED);
    var signature = new byte[384];
    for (var i = 0; i < signature.length; i++) {
      signature[i] = sigstruct[516 + signature.length - 1 - i];
    }
    var signed = Files.write(work.resolve("signed"), content);
    var bytes = Files.write(work.resolve("signature"), signature);
    var key = work.resolve("key.pub").toString();
    run("openssl", "rsa", "-in", file("key.pem"), "-pubout", "-out", key);
    run(
        "openssl",
        "dgst",
        "-sha256",
        "-verify",
        key,
        "-signature",
        bytes.toString(),
        signed.toString());
  }

  @Test
  void aServiceThatNeedsTheShieldIsRefusedAndNothingIsWritten() throws Exception {
    var service =
        Files.writeString(
            work.resolve("service.yaml"),
            manifest("secrets: {global: [{name: password, kind: ascii, size: 16}]}\n")
                .replace(
                    "local: [",
                    "local: [{name: SCONE_NETWORK_SHIELD, value: protected}, "
                        + "{name: PASSWORD, value: $$SCONE::password$$}, "));
    var out = work.resolve("enclave");
    var refused = gramine(Map.of(), service.toString(), out);
    assertEquals(INPUT_WRONG, refused.exit(), refused.all());
    assertEquals("", refused.out());
    assertEquals(
        2, refused.err().split("error\\[not-under-gramine]", -1).length - 1, refused.err());
    assertFalse(Files.exists(out));
  }
}
