package dev.testudo.trust.generator;

import dev.testudo.trust.attest.evidence.Octets;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.Signature;
import java.security.spec.ECGenParameterSpec;
import java.util.Arrays;

/// A key on P-256 that signs for an Intel-like manufacturer.
public final class SigningKey {
  private final KeyPair pair;

  private SigningKey(KeyPair pair) {
    this.pair = pair;
  }

  /// Generates a key.
  public static SigningKey generate() {
    try {
      var generator = KeyPairGenerator.getInstance("EC");
      generator.initialize(new ECGenParameterSpec("secp256r1"));
      return new SigningKey(generator.generateKeyPair());
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
  }

  /// Returns x ‖ y.
  public Octets point() {
    var info = pair.getPublic().getEncoded();
    return Octets.of(Arrays.copyOfRange(info, info.length - 64, info.length));
  }

  /// Signs with SHA-256; returns r ‖ s.
  public byte[] sign(byte[] message) {
    try {
      var signature = Signature.getInstance("SHA256withECDSAinP1363Format");
      signature.initSign(pair.getPrivate());
      signature.update(message);
      return signature.sign();
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
  }

  /// Returns the private key in PKCS #8, for programs that sign in place of the platform.
  public byte[] pkcs8() {
    return pair.getPrivate().getEncoded();
  }

  PublicKey publicKey() {
    return pair.getPublic();
  }

  PrivateKey privateKey() {
    return pair.getPrivate();
  }
}
