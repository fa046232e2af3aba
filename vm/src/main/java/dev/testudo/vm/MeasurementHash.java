package dev.testudo.vm;

import dev.testudo.trust.attest.evidence.Octets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;

/// The hashes of measurements (FIPS 180-4).
public enum MeasurementHash {
  /// Of kernel hashes on SEV-SNP, PCRs and initdata.
  SHA256("SHA-256", 32),
  /// Of SEV-SNP's launch digest, MRTD, RTMRs and initdata.
  SHA384("SHA-384", 48);

  private final String algorithm;
  private final int bytes;

  MeasurementHash(String algorithm, int bytes) {
    this.algorithm = algorithm;
    this.bytes = bytes;
  }

  /// Returns the number of bytes of a digest.
  public int bytes() {
    return bytes;
  }

  /// Returns a digest that consists of zeros, the state of a register before anything is measured.
  public Octets zero() {
    return Octets.of(new byte[bytes]);
  }

  /// Returns the digest of the parts, one after the other.
  public Octets of(Octets... parts) {
    var digest = newDigest();
    for (var part : parts) {
      digest.update(part.buffer());
    }
    return Octets.of(digest.digest());
  }

  /// Returns the digest of `bytes`.
  public Octets of(byte[] bytes) {
    return Octets.of(newDigest().digest(bytes));
  }

  /// Returns a digest to be fed in parts.
  public MessageDigest newDigest() {
    try {
      return MessageDigest.getInstance(algorithm);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JDK has " + algorithm, e);
    }
  }
}
