package dev.testudo.trust.approval;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.testudo.policy.session.SessionHash;
import dev.testudo.policy.session.SessionName;
import dev.testudo.trust.json.MessageException;
import dev.testudo.trust.pki.EncryptionKey;
import dev.testudo.trust.pki.EncryptionPublicKey;
import dev.testudo.trust.pki.Identity;
import dev.testudo.trust.pki.PkiException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Instant;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class EncryptedBundleTest {
  private static final Identity CAS = Identity.ephemeral("cas.example");
  private static final EncryptionKey KEY = EncryptedBundle.keyOf(CAS);
  private static final String YAML = "name: demo\nversion: \"0.3\"\n# word-in-the-text\n";

  private static SessionBundle bundle() {
    var hash = SessionHash.of(CAS.keyHash().text(), YAML);
    var expires = Instant.parse("2026-12-01T00:00:00Z");
    var message =
        new ApprovalMessage(
            CAS.keyHash(), new SessionName("demo"), Optional.empty(), hash, expires);
    return new SessionBundle(message, CAS.keyHash(), YAML, List.of());
  }

  private static EncryptedBundle encrypted() throws PkiException {
    return EncryptedBundle.of(bundle(), KEY.publicKey());
  }

  @Test
  void whitespaceAtTheBeginningChangesNothing() throws Exception {
    var text = " ".repeat(10_000) + new String(encrypted().encode(), UTF_8);
    assertTrue(EncryptedBundle.isEncrypted(text.getBytes(UTF_8)));
  }

  @Test
  void onlyTheKeyOfTheCasReadsIt() throws Exception {
    var bytes = encrypted().encode();
    assertFalse(new String(bytes, UTF_8).contains("demo"));
    assertTrue(EncryptedBundle.isEncrypted(bytes));
    assertFalse(EncryptedBundle.isEncrypted(bundle().encode()));
    assertFalse(
        EncryptedBundle.isEncrypted("{\"a\":{\"encrypted_session\":\"\"}}".getBytes(UTF_8)));
    var read = EncryptedBundle.decode(bytes);
    assertArrayEquals(bundle().encode(), read.decrypt(KEY).encode());
    var other = EncryptionKey.generate(new SecureRandom());
    assertThrows(MessageException.class, () -> read.decrypt(other));
    var renamed = new EncryptedBundle(other.publicKey(), read.encrypted());
    assertThrows(MessageException.class, () -> renamed.decrypt(other));
  }

  @Test
  void theSameBundleLooksDifferentEachTime() throws PkiException {
    assertNotEquals(encrypted().encrypted(), encrypted().encrypted());
  }

  @Test
  void everyChangedByteIsNoticed() throws PkiException {
    var bytes = Base64.getDecoder().decode(encrypted().encrypted());
    for (var i = 0; i < bytes.length; i++) {
      bytes[i] ^= 0x10;
      var changed = new EncryptedBundle(KEY.publicKey(), Base64.getEncoder().encodeToString(bytes));
      assertThrows(MessageException.class, () -> changed.decrypt(KEY), "byte " + i);
      bytes[i] ^= 0x10;
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "AA==", "not base64"})
  void whatIsNoCiphertextIsRefused(String text) {
    var bundle = new EncryptedBundle(KEY.publicKey(), text);
    assertThrows(MessageException.class, () -> bundle.decrypt(KEY));
  }

  @Test
  void nothingIsEncryptedToAKeyOfSmallOrder() {
    var zero = EncryptionPublicKey.parse("0".repeat(64)).orElseThrow();
    assertThrows(PkiException.class, () -> EncryptedBundle.of(bundle(), zero));
  }

  @Test
  void theKeyFollowsFromThatOfTheCas() throws Exception {
    var stored = CAS.toPem().reveal(pem -> new String(pem, UTF_8));
    assertEquals(KEY.publicKey(), EncryptedBundle.keyOf(Identity.fromPem(stored)).publicKey());
    assertNotEquals(
        KEY.publicKey(), EncryptedBundle.keyOf(Identity.ephemeral("cas.example")).publicKey());
  }

  /// The derivation is what the format document says, computed once with OpenSSL.
  @Test
  void theKeyIsThatOfTheFormatDocument() throws IOException, PkiException {
    var pem = Files.readString(Path.of("src/test/resources/bundle/encryption-identity.pem"));
    assertEquals(
        Files.readString(Path.of("src/test/resources/bundle/encryption-key.txt")).strip(),
        EncryptedBundle.keyOf(Identity.fromPem(pem)).publicKey().toString());
  }
}
