package dev.testudo.trust.pki;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.testudo.trust.pki.PkiException.Fault;
import dev.testudo.trust.secret.Secret;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Encrypted private keys, with OpenSSL as the counterpart.
class PrivateKeyEncryptionTest {
  private static final Secret PASSPHRASE = Secret.ofText("correct horse battery staple");

  @TempDir private Path work;

  private String openssl(String... arguments) throws IOException, InterruptedException {
    var command = new java.util.ArrayList<>(List.of("openssl"));
    command.addAll(List.of(arguments));
    var process = new ProcessBuilder(command).redirectErrorStream(true).start();
    var output = new String(process.getInputStream().readAllBytes(), UTF_8);
    assertTrue(process.waitFor(20, TimeUnit.SECONDS));
    assertEquals(0, process.exitValue(), output);
    return output;
  }

  @Test
  void opensslReadsAnEncryptedKey() throws Exception {
    var pair = KeyAlgorithm.P_256.generate(new SecureRandom());
    var pem =
        PrivateKeyEncryption.toPem(
            pair.getPrivate(), pair.getPublic(), PASSPHRASE, new SecureRandom());
    assertTrue(PrivateKeyEncryption.isEncrypted(pem));
    var file = Files.writeString(work.resolve("key.pem"), pem);
    assertEquals(
        PublicKeys.toPem(pair.getPublic()),
        openssl(
            "pkey",
            "-in",
            file.toString(),
            "-passin",
            "pass:correct horse battery staple",
            "-pubout"));
  }

  @Test
  void aKeyThatOpensslEncryptsIsRead() throws Exception {
    var file = work.resolve("key.pem").toString();
    openssl(
        "genpkey",
        "-algorithm",
        "EC",
        "-pkeyopt",
        "ec_paramgen_curve:P-256",
        "-aes-256-cbc",
        "-pass",
        "pass:correct horse battery staple",
        "-out",
        file);
    var key = PrivateKeyEncryption.fromPem(Files.readString(Path.of(file)), PASSPHRASE);
    assertEquals(
        PublicKeys.toPem(PrivateKeys.publicKeyOf(key)),
        openssl("pkey", "-in", file, "-passin", "pass:correct horse battery staple", "-pubout"));
  }

  @Test
  void aWrongPassphraseAndADamagedKeyAreTold() throws Exception {
    var pair = KeyAlgorithm.P_256.generate(new SecureRandom());
    var pem =
        PrivateKeyEncryption.toPem(
            pair.getPrivate(), pair.getPublic(), PASSPHRASE, new SecureRandom());
    assertEquals(Fault.ENCRYPTED, fault(pem, Secret.ofText("something else")));
    assertEquals(Fault.UNSUPPORTED, fault(pem, Secret.ofText("pässword")));
    var damaged = Pem.write("ENCRYPTED PRIVATE KEY", new byte[] {0x30, 3, 2, 1, 1});
    assertEquals(Fault.DAMAGED, fault(damaged, PASSPHRASE));
    var plain = PrivateKeys.toPem(pair.getPrivate(), pair.getPublic());
    assertFalse(PrivateKeyEncryption.isEncrypted(plain));
    assertEquals(Fault.WRONG_NUMBER, fault(plain, PASSPHRASE));
  }

  private static Fault fault(String pem, Secret passphrase) {
    return assertThrows(PkiException.class, () -> PrivateKeyEncryption.fromPem(pem, passphrase))
        .fault();
  }
}
