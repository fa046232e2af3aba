package dev.testudo.trust.pki;

import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.SecureRandom;
import java.security.spec.ECGenParameterSpec;

/// The supported kinds of generated key pairs.
public enum KeyAlgorithm {
  /// ECDSA on the NIST curve P-256.
  P_256("P-256"),
  /// ECDSA on the NIST curve P-384.
  P_384("P-384"),
  /// EdDSA on Curve25519.
  ED25519("Ed25519"),
  /// RSA with a modulus of 2048 bits.
  RSA_2048("RSA-2048"),
  /// RSA with a modulus of 3072 bits.
  RSA_3072("RSA-3072");

  private final String label;

  KeyAlgorithm(String label) {
    this.label = label;
  }

  /// Returns the name used in policies.
  public String label() {
    return label;
  }

  /// Generates a key pair.
  public KeyPair generate(SecureRandom random) {
    try {
      return switch (this) {
        case P_256 -> elliptic("secp256r1", random);
        case P_384 -> elliptic("secp384r1", random);
        case ED25519 -> {
          var generator = KeyPairGenerator.getInstance("Ed25519");
          generator.initialize(255, random);
          yield generator.generateKeyPair();
        }
        case RSA_2048 -> rsa(2048, random);
        case RSA_3072 -> rsa(3072, random);
      };
    } catch (GeneralSecurityException e) {
      throw new AssertionError(e);
    }
  }

  private static KeyPair elliptic(String curve, SecureRandom random)
      throws GeneralSecurityException {
    var generator = KeyPairGenerator.getInstance("EC");
    generator.initialize(new ECGenParameterSpec(curve), random);
    return generator.generateKeyPair();
  }

  private static KeyPair rsa(int bits, SecureRandom random) throws GeneralSecurityException {
    var generator = KeyPairGenerator.getInstance("RSA");
    generator.initialize(bits, random);
    return generator.generateKeyPair();
  }
}
