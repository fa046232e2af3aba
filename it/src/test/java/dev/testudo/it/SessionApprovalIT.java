package dev.testudo.it;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// A change that two people and a key in OpenSSL must agree to, at the command line.
@Timeout(3600)
class SessionApprovalIT {
  @TempDir private Path work;
  private RunningCas cas;

  @BeforeEach
  void startCas() throws IOException {
    cas = RunningCas.start(work.resolve("cas"));
  }

  @AfterEach
  void stopCas() throws IOException {
    cas.close();
  }

  private Command testudo(String who, String... words) {
    var all = new ArrayList<>(List.of(Command.LAUNCHER.toString()));
    all.addAll(List.of(words));
    return Command.run(
        Map.of(
            "TESTUDO_CONFIG", work.resolve(who).toString(),
            "TESTUDO_CAS", cas.address().toString(),
            "TESTUDO_CAS_KEY", cas.key().text()),
        all);
  }

  private String done(String who, String... words) {
    var command = testudo(who, words);
    assertEquals(0, command.exit(), command::all);
    return command.out();
  }

  private static String after(String word, String text) {
    return text.lines()
        .filter(line -> line.startsWith(word + " "))
        .findFirst()
        .orElseThrow(() -> new AssertionError(text))
        .substring(word.length() + 1);
  }

  private String file(String name) {
    return work.resolve(name).toString();
  }

  private void openssl(String... words) {
    var all = new ArrayList<>(List.of("openssl"));
    all.addAll(List.of(words));
    var command = Command.run(Map.of(), all);
    assertEquals(0, command.exit(), command::all);
  }

  /// Registers a session of ann's that needs ann, bob and a P-384 key, and returns the path of a
  /// change of it.
  private String change() throws IOException {
    var bob = after("key hash", done("bob", "identity", "create"));
    openssl("ecparam", "-name", "secp384r1", "-genkey", "-noout", "-out", file("hsm.pem"));
    openssl("pkey", "-in", file("hsm.pem"), "-pubout", "-out", file("hsm.pub"));
    var pem = Files.readString(work.resolve("hsm.pub")).indent(12);
    var yaml =
        """
        name: vault
        version: "0.3.10"
        access_policy:
          read: [CREATOR, %s]
          update:
            - require-all:
                - CREATOR
                - %s
                - signer: |
        """
                .formatted(bob, bob)
            + pem;
    Files.writeString(work.resolve("vault.yaml"), yaml);
    done("ann", "session", "create", file("vault.yaml"));
    var changed = done("ann", "session", "read", "vault", "--for-update") + "images: []\n";
    return Files.writeString(work.resolve("changed.yaml"), changed).toString();
  }

  @Test
  void aBundleGoesRoundAndIsRegisteredWhenAllHaveSigned() throws IOException {
    var changed = change();
    var before = done("ann", "session", "read", "vault");
    var signed = done("ann", "session", "sign", changed);
    new Output(signed).hasLine("+ images: []");
    var bundle = after("bundle", signed);
    assertEquals(
        "rw-------", PosixFilePermissions.toString(Files.getPosixFilePermissions(Path.of(bundle))));
    var status = testudo("bob", "session", "status", bundle);
    assertEquals(4, status.exit(), status::all);
    new Output(status.out()).hasLine("+ images: []");
    var hash = after("hash", status.out());
    assertEquals(
        hash + "\n",
        done("ann", "session", "hash", changed, "--creator", after("creator", status.out())));

    var early = testudo("bob", "session", "update", "--bundle", bundle);
    assertEquals(4, early.exit(), early::all);
    assertEquals(2, testudo("bob", "session", "approve", bundle).exit());
    assertEquals(4, testudo("bob", "session", "approve", bundle, "--hash", "0".repeat(64)).exit());
    done("bob", "session", "approve", bundle, "--hash", hash);
    signElsewhere(bundle, hash);

    var all = new ObjectMapper().readTree(done("bob", "session", "status", bundle, "--json"));
    assertEquals(3, all.path("signatures").size(), all::toString);
    assertEquals(3, all.at("/rule/members/0/agreed").asInt(), all::toString);
    assertEquals(before, done("ann", "session", "read", "vault"), "registered too early");
    var encrypted = after("encrypted", done("ann", "session", "encrypt", bundle));
    assertEquals(1, testudo("carol", "session", "status", encrypted).exit(), "carol can read it");
    assertEquals(hash + "\n", done("carol", "session", "update", "--bundle", encrypted));
    var stored =
        cas.audit().stream()
            .filter(line -> line.path("event").asText().equals("session-stored"))
            .toList()
            .getLast();
    assertEquals(3, stored.path("signers").size(), stored::toString);
  }

  private void signElsewhere(String bundle, String hash) throws IOException {
    var message = done("bob", "session", "approve", bundle, "--hash", hash, "--message");
    Files.writeString(work.resolve("message"), message);
    openssl(
        "dgst", "-sha384", "-sign", file("hsm.pem"), "-out", file("signature"), file("message"));
    var wrong = testudo("bob", words(bundle, hash, file("message")));
    assertEquals(4, wrong.exit(), wrong::all);
    done("bob", words(bundle, hash, file("signature")));
  }

  private String[] words(String bundle, String hash, String signature) {
    return new String[] {
      "session",
      "approve",
      bundle,
      "--hash",
      hash,
      "--signer",
      file("hsm.pub"),
      "--signature",
      signature
    };
  }

  @Test
  void whatWasChangedOnTheWayIsNotSigned() throws IOException {
    var bundle = Path.of(after("bundle", done("ann", "session", "sign", change())));
    var text = Files.readString(bundle);
    Files.writeString(bundle, text.replace("images: []", "images:  []"));
    var status = testudo("bob", "session", "status", bundle.toString());
    assertEquals(1, status.exit(), status::all);
    var sent = testudo("bob", "session", "update", "--bundle", bundle.toString());
    assertEquals(1, sent.exit(), sent::all);
  }
}
