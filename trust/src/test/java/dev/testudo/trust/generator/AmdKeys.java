package dev.testudo.trust.generator;

import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.spec.ECGenParameterSpec;

/// The keys of our platforms: generated once, because RSA keys take long. They are shorter than
/// AMD's (2048 bits instead of 4096) for the same reason.
public final class AmdKeys {
  private static final int RSA_BITS = 2048;
  private static final KeyPair ROOT = rsa();
  private static final KeyPair INTERMEDIATE = rsa();
  private static final KeyPair LEAF = ec("secp384r1");

  private AmdKeys() {}

  public static KeyPair root() {
    return ROOT;
  }

  public static KeyPair intermediate() {
    return INTERMEDIATE;
  }

  public static KeyPair leaf() {
    return LEAF;
  }

  /// Returns a new RSA key.
  public static KeyPair rsa() {
    try {
      var generator = KeyPairGenerator.getInstance("RSA");
      generator.initialize(RSA_BITS);
      return generator.generateKeyPair();
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
  }

  /// Returns a new key on a curve.
  public static KeyPair ec(String curve) {
    try {
      var generator = KeyPairGenerator.getInstance("EC");
      generator.initialize(new ECGenParameterSpec(curve));
      return generator.generateKeyPair();
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
  }
}
