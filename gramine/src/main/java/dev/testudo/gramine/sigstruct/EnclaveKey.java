package dev.testudo.gramine.sigstruct;

import dev.testudo.gramine.GramineException;
import dev.testudo.trust.attest.evidence.Measurement;
import dev.testudo.trust.attest.evidence.Octets;
import java.math.BigInteger;
import java.security.GeneralSecurityException;
import java.security.PrivateKey;
import java.security.Signature;
import java.security.interfaces.RSAPrivateCrtKey;

/// The key with which enclaves are signed: RSA with 3072 bits and the exponent 3, as SGX demands.
/// It prints as nothing.
public final class EnclaveKey {
  /// The bytes of modulus and signature.
  static final int BYTES = 384;

  /// The exponent.
  static final int EXPONENT = 3;

  private final RSAPrivateCrtKey key;

  private EnclaveKey(RSAPrivateCrtKey key) {
    this.key = key;
  }

  /// Takes a key.
  ///
  /// @throws GramineException if SGX takes no such key
  public static EnclaveKey of(PrivateKey key) throws GramineException {
    if (!(key instanceof RSAPrivateCrtKey rsa)) {
      throw wrong("it is of the kind %s".formatted(key.getAlgorithm()));
    }
    if (rsa.getModulus().bitLength() != BYTES * Byte.SIZE) {
      throw wrong("it has %d bits".formatted(rsa.getModulus().bitLength()));
    }
    if (!rsa.getPublicExponent().equals(BigInteger.valueOf(EXPONENT))) {
      throw wrong("its exponent is %s".formatted(rsa.getPublicExponent()));
    }
    return new EnclaveKey(rsa);
  }

  private static GramineException wrong(String why) {
    return GramineException.unsupported(
        "the key cannot sign enclaves: %s, and SGX takes RSA with 3072 bits and the exponent 3; `openssl genrsa -3 -out FILE 3072` makes one"
            .formatted(why));
  }

  /// Returns MRSIGNER: the SHA-256 of the modulus, little endian.
  public Octets mrsigner() {
    return Octets.of(Measurement.sha256().digest(littleEndian(modulus())));
  }

  BigInteger modulus() {
    return key.getModulus();
  }

  /// Signs with PKCS#1 v1.5 and SHA-256.
  BigInteger sign(byte[] content) {
    try {
      var signing = Signature.getInstance("SHA256withRSA");
      signing.initSign(key);
      signing.update(content);
      return new BigInteger(1, signing.sign());
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("the key has been checked", e);
    }
  }

  /// Returns a number as SIGSTRUCT has it.
  static byte[] littleEndian(BigInteger number) {
    var bytes = new byte[BYTES];
    var bigEndian = number.toByteArray();
    for (var i = 0; i < Math.min(BYTES, bigEndian.length); i++) {
      bytes[i] = bigEndian[bigEndian.length - 1 - i];
    }
    return bytes;
  }

  @Override
  public String toString() {
    return "EnclaveKey";
  }
}
