package dev.testudo.vm.measure.snp;

import static dev.testudo.vm.MeasurementHash.SHA384;

import dev.testudo.trust.attest.evidence.Octets;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.security.interfaces.ECPublicKey;
import java.security.spec.ECPoint;

/// A public key of ID blocks, on the curve P-384: an ID key or an author key. See AMD's SEV-SNP
/// firmware ABI (56860), chapter 10, "ECDSA public key".
public record IdKey(ECPoint point) {
  private static final int BITS = 384;
  private static final int CURVE_P384 = 2;

  /// The number of bytes of a key.
  static final int BYTES = 1028;

  /// Coordinates, and the halves of a signature, are little endian in so many bytes.
  static final int NUMBER_BYTES = 72;

  /// Takes the point of a key.
  ///
  /// @throws IllegalArgumentException if the key is on another curve
  public static IdKey of(ECPublicKey key) {
    if (key.getParams().getCurve().getField().getFieldSize() != BITS) {
      throw new IllegalArgumentException("the key of an ID block is on the curve P-384");
    }
    return new IdKey(key.getW());
  }

  /// Returns the bytes that the secure processor gets: curve, x and y, then zeros.
  Octets bytes() {
    return Octets.of(
        ByteBuffer.allocate(BYTES)
            .order(ByteOrder.LITTLE_ENDIAN)
            .putInt(CURVE_P384)
            .put(littleEndian(point.getAffineX().toByteArray()))
            .put(littleEndian(point.getAffineY().toByteArray()))
            .array());
  }

  /// Returns the digest by which a report names the key, in ID_KEY_DIGEST or AUTHOR_KEY_DIGEST.
  public Octets digest() {
    return SHA384.of(bytes());
  }

  /// Returns a big endian number in 72 bytes, the least significant first.
  static byte[] littleEndian(byte[] bigEndian) {
    var number = new BigInteger(1, bigEndian).toByteArray();
    var little = new byte[NUMBER_BYTES];
    for (var i = 0; i < number.length; i++) {
      little[i] = number[number.length - 1 - i];
    }
    return little;
  }
}
