package dev.testudo.trust.pki;

import dev.testudo.trust.secret.Secret;
import java.io.IOException;
import java.security.PublicKey;
import java.security.SecureRandom;
import org.bouncycastle.crypto.params.Ed25519PrivateKeyParameters;
import org.bouncycastle.crypto.signers.Ed25519Signer;
import org.bouncycastle.crypto.util.SubjectPublicKeyInfoFactory;

/// An Ed25519 key (RFC 8032) for something that signs often. Bouncy Castle signs, because it needs
/// a fraction of the processor time of the JDK. Thread-safe.
public final class Ed25519Key {
  private final Ed25519PrivateKeyParameters key;
  private final PublicKey publicKey;

  private Ed25519Key(Ed25519PrivateKeyParameters key) {
    this.key = key;
    try {
      var info = SubjectPublicKeyInfoFactory.createSubjectPublicKeyInfo(key.generatePublicKey());
      this.publicKey = PublicKeys.fromDer(info.getEncoded());
    } catch (IOException | PkiException e) {
      throw new IllegalStateException("the public key cannot be computed", e);
    }
  }

  /// Generates a key.
  public static Ed25519Key generate(SecureRandom random) {
    return new Ed25519Key(new Ed25519PrivateKeyParameters(random));
  }

  /// Returns the key that [#seed()] describes.
  ///
  /// @throws IllegalArgumentException if it does not have 32 bytes
  public static Ed25519Key ofSeed(Secret seed) {
    return new Ed25519Key(seed.reveal(Ed25519PrivateKeyParameters::new));
  }

  /// Returns the private key: 32 bytes.
  public Secret seed() {
    return Secret.taking(key.getEncoded());
  }

  /// Returns the public key.
  public PublicKey publicKey() {
    return publicKey;
  }

  /// Returns the signature of `message`: 64 bytes.
  public byte[] sign(byte[] message) {
    var signer = new Ed25519Signer();
    signer.init(true, key);
    signer.update(message, 0, message.length);
    return signer.generateSignature();
  }

  @Override
  public String toString() {
    return "Ed25519Key[%s]".formatted(KeyHash.of(publicKey));
  }
}
