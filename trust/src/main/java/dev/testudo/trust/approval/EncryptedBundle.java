package dev.testudo.trust.approval;

import static java.nio.charset.StandardCharsets.US_ASCII;

import dev.testudo.trust.json.Json;
import dev.testudo.trust.json.JsonBuilder;
import dev.testudo.trust.json.JsonMembers;
import dev.testudo.trust.json.MessageException;
import dev.testudo.trust.pki.EncryptionKey;
import dev.testudo.trust.pki.EncryptionPublicKey;
import dev.testudo.trust.pki.Identity;
import dev.testudo.trust.pki.PkiException;
import java.security.interfaces.ECPrivateKey;
import java.util.Base64;

/// A [SessionBundle] that only one CAS can read. See `docs/formats/session-bundle.md`.
///
/// @param key of the CAS
/// @param encrypted the bundle, encrypted to that key, in base64
public record EncryptedBundle(EncryptionPublicKey key, String encrypted) {
  /// The longest encoded encrypted bundle, in bytes.
  public static final int LIMIT = SessionBundle.LIMIT / 3 * 4 + 4096;

  private static final String KEY = "encryption_key";
  private static final String ENCRYPTED = "encrypted_session";

  /// What the key of CAS and each message are bound to, so that nothing else is read as a bundle.
  private static final byte[] PURPOSE = "testudo session bundle v1".getBytes(US_ASCII);

  /// Returns the key to which bundles for a CAS are encrypted. It follows from the key that clients
  /// pin, so it needs no state of its own, and all replicas have the same.
  ///
  /// @throws IllegalArgumentException if the identity has no elliptic curve key
  public static EncryptionKey keyOf(Identity cas) {
    if (cas.key() instanceof ECPrivateKey key) {
      return EncryptionKey.derive(key, PURPOSE);
    }
    throw new IllegalArgumentException("not an elliptic curve key");
  }

  /// Encrypts a bundle to the key of a CAS.
  ///
  /// @throws PkiException if nothing can be encrypted to that key
  public static EncryptedBundle of(SessionBundle bundle, EncryptionPublicKey key)
      throws PkiException {
    var bytes = key.encrypt(PURPOSE, bundle.encode());
    return new EncryptedBundle(key, Base64.getEncoder().encodeToString(bytes));
  }

  /// Decrypts the bundle.
  ///
  /// @throws MessageException if it was not encrypted to this key, was changed, or is no bundle
  public SessionBundle decrypt(EncryptionKey own) throws MessageException {
    if (!own.publicKey().equals(key)) {
      throw new MessageException(
          "the session is encrypted to key %s, and the key of this CAS is %s"
              .formatted(key, own.publicKey()));
    }
    try (var bundle = own.decrypt(PURPOSE, Base64.getDecoder().decode(encrypted))) {
      return bundle.revealOrThrow(SessionBundle::decode);
    } catch (PkiException e) {
      throw new MessageException("the session cannot be decrypted: " + e.getMessage());
    } catch (IllegalArgumentException _) {
      throw new MessageException("`%s` is not base64".formatted(ENCRYPTED));
    }
  }

  /// Encodes the bundle as JSON.
  public byte[] encode() {
    return Json.write(new JsonBuilder().put(ENCRYPTED, encrypted).put(KEY, key.toString()).build());
  }

  /// Returns true if this is an encrypted bundle, with or without mistakes, and no bundle in clear.
  public static boolean isEncrypted(byte[] bytes) {
    try {
      return JsonMembers.read(bytes, LIMIT, "bundle").has(ENCRYPTED);
    } catch (MessageException _) {
      return false;
    }
  }

  /// Decodes the result of [#encode()].
  public static EncryptedBundle decode(byte[] bytes) throws MessageException {
    var fields = JsonMembers.read(bytes, LIMIT, "encrypted session");
    var encrypted = fields.text(ENCRYPTED);
    var key =
        EncryptionPublicKey.parse(fields.text(KEY))
            .orElseThrow(() -> fields.wrong(KEY, "64 hexadecimal digits"));
    fields.done();
    return new EncryptedBundle(key, encrypted);
  }

  @Override
  public String toString() {
    return "EncryptedBundle[to %s]".formatted(key);
  }
}
