package dev.testudo.trust.approval;

import dev.testudo.trust.pki.DetachedSignature;
import dev.testudo.trust.pki.KeyHash;
import dev.testudo.trust.pki.PkiException;
import dev.testudo.trust.pki.PublicKeys;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.util.Arrays;
import java.util.Base64;
import java.util.Optional;

/// The consent of one key to a change.
///
/// @param signer the public key (SubjectPublicKeyInfo), in base64
/// @param signature the signature of an [ApprovalMessage], in base64
public record Approval(String signer, String signature) {
  private static final int MOST_KEY_BYTES = 128;

  /// Signs `message`.
  ///
  /// @throws PkiException if the key is of a kind that cannot approve
  public static Approval of(PrivateKey key, PublicKey signer, ApprovalMessage message)
      throws PkiException {
    return of(signer, DetachedSignature.sign(key, signer, message.bytes()));
  }

  /// Returns an approval with a signature that was made elsewhere, such as in a token of hardware.
  public static Approval of(PublicKey signer, byte[] signature) {
    var base64 = Base64.getEncoder();
    return new Approval(
        base64.encodeToString(signer.getEncoded()), base64.encodeToString(signature));
  }

  /// Returns the hash of the signer's key; empty if the key cannot be read.
  public Optional<KeyHash> key() {
    return publicKey().map(KeyHash::of);
  }

  /// Returns the hash of the signer's key if it has signed exactly `message`.
  public Optional<KeyHash> verified(ApprovalMessage message) {
    var bytes = decoded(signature, DetachedSignature.LIMIT);
    return publicKey()
        .filter(
            key ->
                bytes.isPresent() && DetachedSignature.verifies(key, message.bytes(), bytes.get()))
        .map(KeyHash::of);
  }

  private Optional<PublicKey> publicKey() {
    try {
      var der = decoded(signer, MOST_KEY_BYTES);
      if (der.isEmpty()) {
        return Optional.empty();
      }
      var key = PublicKeys.fromDer(der.get());
      // Another spelling of the same key would have another hash.
      return Arrays.equals(key.getEncoded(), der.get()) ? Optional.of(key) : Optional.empty();
    } catch (PkiException e) {
      return Optional.empty();
    }
  }

  private static Optional<byte[]> decoded(String base64, int most) {
    try {
      return Optional.of(Base64.getDecoder().decode(base64)).filter(b -> b.length <= most);
    } catch (IllegalArgumentException e) {
      return Optional.empty();
    }
  }
}
