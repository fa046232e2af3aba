package dev.testudo.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Keys, signatures and their verification in the command line.
class ImageSignCommandTest {
  private static final int INPUT_WRONG = 1;
  private static final int USAGE = 2;
  private static final int ENVIRONMENT_FAILED = 3;
  private static final int REFUSED = 4;
  private static final String REPOSITORY = "registry.example/team/app";

  @TempDir private Path work;

  private SmallImages images;
  private Path key;

  @BeforeEach
  void keyAndImage() throws IOException {
    images = new SmallImages(work);
    key = work.resolve("project.key");
    images.succeed("image", "keygen", key.toString());
  }

  private String[] sign(String tag, Path by, String... more) {
    var words = new ArrayList<>(List.of("image", "sign", images.name(tag), "--key"));
    words.add(by.toString());
    words.addAll(List.of("--sign-identity", REPOSITORY));
    words.addAll(List.of(more));
    return words.toArray(String[]::new);
  }

  private String[] verify(String tag, Path by, String... more) {
    var words = new ArrayList<>(List.of("image", "verify", images.name(tag), "--signed-by"));
    words.add(by + ".pub");
    words.addAll(List.of("--sign-identity", REPOSITORY));
    words.addAll(List.of(more));
    return words.toArray(String[]::new);
  }

  @Test
  void aKeyIsPrivateToItsOwnerAndNeverReplaced() throws Exception {
    assertEquals("rw-------", PosixFilePermissions.toString(Files.getPosixFilePermissions(key)));
    assertTrue(Files.readString(Path.of(key + ".pub")).startsWith("-----BEGIN PUBLIC KEY-----\n"));
    var before = Files.readString(key);
    assertEquals(INPUT_WRONG, images.run("image", "keygen", key.toString()));
    assertEquals(before, Files.readString(key));
  }

  @Test
  void aSignedImageIsVerifiedAndAnotherKeyOrRepositoryRefused() throws Exception {
    assertEquals(REFUSED, images.run(verify("base", key)));
    images.out().hasLine("signature    refused: the image has no signature");
    var signed = images.succeed(sign("base", key, "--json")).json();
    assertEquals(REPOSITORY, signed.text("identity"));
    var verified = images.succeed(verify("base", key, "--json")).json();
    assertTrue(verified.object("signature").bool("valid"));
    assertEquals(signed.text("digest"), verified.text("digest"));

    var other = work.resolve("other.key");
    images.succeed("image", "keygen", other.toString());
    assertEquals(REFUSED, images.run(verify("base", other)));
    var elsewhere = verify("base", key);
    elsewhere[elsewhere.length - 1] = "registry.example/other";
    assertEquals(REFUSED, images.run(elsewhere));
  }

  @Test
  void anImageOutsideOfARegistryNeedsARepository() {
    assertEquals(USAGE, images.run("image", "sign", images.name("base"), "--key", key.toString()));
    assertEquals(USAGE, images.run("image", "verify", images.name("base")));
    assertEquals(
        USAGE, images.run("image", "verify", images.name("base"), "--signed-by", key + ".pub"));
  }

  @Test
  void anEncryptedKeyNeedsItsPassphrase() throws Exception {
    var passphrase = secret("passphrase", "correct horse battery staple\n");
    var encrypted = work.resolve("encrypted.key");
    images.succeed(
        "image", "keygen", encrypted.toString(), "--passphrase-file", passphrase.toString());
    assertTrue(Files.readString(encrypted).startsWith("-----BEGIN ENCRYPTED PRIVATE KEY-----\n"));
    assertEquals(USAGE, images.run(sign("base", encrypted)));
    var wrong = secret("wrong", "something else entirely");
    assertEquals(
        ENVIRONMENT_FAILED,
        images.run(sign("base", encrypted, "--passphrase-file", wrong.toString())));
    assertEquals(REFUSED, images.run(verify("base", encrypted)));
    images.succeed(sign("base", encrypted, "--passphrase-file", passphrase.toString()));
    images.succeed(verify("base", encrypted));
  }

  private Path secret(String name, String content) throws IOException {
    var file = Files.writeString(work.resolve(name), content);
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-------"));
    return file;
  }

  @Test
  void aKeyThatOthersCanReadDoesNotSign() throws Exception {
    Files.setPosixFilePermissions(key, PosixFilePermissions.fromString("rw-r--r--"));
    assertEquals(ENVIRONMENT_FAILED, images.run(sign("base", key)));
    assertEquals(REFUSED, images.run(verify("base", key)));
  }

  @Test
  void opensslMakesKeysThatSignAndOtherKindsAreRefused() throws Exception {
    openssl("ecparam", "-name", "prime256v1", "-genkey", "-noout", "-out", "theirs");
    openssl("ec", "-in", "theirs", "-pubout", "-out", "theirs.pub");
    images.succeed(sign("base", work.resolve("theirs")));
    images.succeed(verify("base", work.resolve("theirs")));
    openssl("genpkey", "-algorithm", "ed25519", "-out", "edwards");
    assertEquals(ENVIRONMENT_FAILED, images.run(sign("base", work.resolve("edwards"))));
  }

  private void openssl(String... arguments) throws IOException, InterruptedException {
    var command = new ArrayList<>(List.of("openssl"));
    command.addAll(List.of(arguments));
    var process =
        new ProcessBuilder(command).directory(work.toFile()).redirectErrorStream(true).start();
    var output = new String(process.getInputStream().readAllBytes(), UTF_8);
    assertTrue(process.waitFor(20, TimeUnit.SECONDS));
    assertEquals(0, process.exitValue(), output);
  }

  @Test
  void sconifySignsWhatItMakesAndBothClaimsAreVerified() throws Exception {
    var session = work.resolve("app.yaml").toString();
    var made =
        images
            .succeed(
                "sconify",
                "--from",
                images.name("base"),
                "--to",
                images.name("made"),
                "--name",
                "app",
                "-o",
                session,
                "--sign-key",
                key.toString(),
                "--sign-identity",
                REPOSITORY,
                "--json")
            .json();
    assertEquals(REPOSITORY, made.text("sign_identity"));
    var both = images.succeed(verify("made", key, "--session", session, "--json")).json();
    assertTrue(both.object("signature").bool("valid"));
    assertEquals(1, both.array("services").size());

    Files.writeString(
        Path.of(session),
        Files.readString(Path.of(session)).replace(made.text("measurement"), "ab".repeat(32)));
    assertEquals(REFUSED, images.run(verify("made", key, "--session", session, "--json")));
    assertTrue(images.out().json().object("signature").bool("valid"));
  }

  @Test
  void aMistakeWithTheKeyIsFoundBeforeAnythingIsMade() {
    var words =
        List.of(
            "sconify",
            "--from",
            images.name("base"),
            "--to",
            "oci:" + work.resolve("to"),
            "-o",
            work.resolve("app.yaml").toString());
    for (var wrong :
        List.of(
            List.of("--sign-identity", REPOSITORY),
            List.of("--sign-key", work.resolve("none").toString(), "--sign-identity", REPOSITORY),
            List.of("--sign-key", key.toString()))) {
      var all = new ArrayList<>(words);
      all.addAll(wrong);
      assertFalse(images.run(all.toArray(String[]::new)) == 0, wrong.toString());
      assertFalse(Files.exists(work.resolve("to")), wrong.toString());
    }
  }
}
