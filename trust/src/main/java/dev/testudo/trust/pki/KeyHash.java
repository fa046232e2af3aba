package dev.testudo.trust.pki;

import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.PublicKey;
import java.security.cert.X509Certificate;
import java.util.Optional;

/// Identifies a public key by the SHA-256 hash of its SubjectPublicKeyInfo, in base58.
///
/// @param text the base58 spelling, of which there is exactly one per hash
public record KeyHash(String text) {
  /// Checks that `text` is base58 of 32 bytes.
  public KeyHash {
    if (Base58.decode(text, 32).isEmpty()) {
      throw new IllegalArgumentException("not a key hash");
    }
  }

  /// Returns the hash of `key`.
  public static KeyHash of(PublicKey key) {
    try {
      return new KeyHash(
          Base58.encode(MessageDigest.getInstance("SHA-256").digest(key.getEncoded())));
    } catch (NoSuchAlgorithmException e) {
      throw new AssertionError(e);
    }
  }

  /// Returns the hash of the key in `certificate`.
  public static KeyHash of(X509Certificate certificate) {
    return of(certificate.getPublicKey());
  }

  /// Parses the base58 spelling; returns empty if `text` is not one.
  public static Optional<KeyHash> parse(String text) {
    return Base58.decode(text, 32).map(_ -> new KeyHash(text));
  }

  @Override
  public String toString() {
    return text;
  }
}
