package dev.testudo.trust.pki;

import java.io.IOException;
import java.math.BigInteger;
import java.security.InvalidKeyException;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.SignatureException;
import java.util.Arrays;
import org.bouncycastle.asn1.x9.X9ECParameters;
import org.bouncycastle.crypto.ec.CustomNamedCurves;
import org.bouncycastle.crypto.params.ECDomainParameters;
import org.bouncycastle.crypto.params.ECPublicKeyParameters;
import org.bouncycastle.crypto.signers.ECDSASigner;
import org.bouncycastle.crypto.signers.StandardDSAEncoding;

/// A public key with which ECDSA signatures are verified (FIPS 186-5, section 6). Bouncy Castle
/// verifies several times faster than the JDK, see `docs/decisions`. Thread-safe.
public final class EcdsaKey {
  /// The curves, each with the hash that belongs to it.
  public enum Curve {
    P256("secp256r1", 32, "SHA-256"),
    P384("secp384r1", 48, "SHA-384");

    private final String name;
    private final int bytes;
    private final String hash;

    Curve(String name, int bytes, String hash) {
      this.name = name;
      this.bytes = bytes;
      this.hash = hash;
    }

    /// Returns the number of bytes of a coordinate, and of `r` and `s`.
    public int bytes() {
      return bytes;
    }

    private ECDomainParameters parameters() {
      return this == P256 ? PARAMETERS_P256 : PARAMETERS_P384;
    }
  }

  private static final ECDomainParameters PARAMETERS_P256 = parameters(Curve.P256);
  private static final ECDomainParameters PARAMETERS_P384 = parameters(Curve.P384);

  private static ECDomainParameters parameters(Curve curve) {
    X9ECParameters named = CustomNamedCurves.getByName(curve.name);
    return new ECDomainParameters(named.getCurve(), named.getG(), named.getN(), named.getH());
  }

  private final Curve curve;
  private final byte[] point;
  private final ECPublicKeyParameters key;

  private EcdsaKey(Curve curve, byte[] point) {
    this.curve = curve;
    this.point = point;
    var encoded = new byte[1 + point.length];
    encoded[0] = 4; // uncompressed (SEC 1, section 2.3.3)
    System.arraycopy(point, 0, encoded, 1, point.length);
    this.key =
        new ECPublicKeyParameters(
            curve.parameters().getCurve().decodePoint(encoded), curve.parameters());
  }

  /// Returns the key with a point.
  ///
  /// @param point x ‖ y, big endian
  /// @throws InvalidKeyException if the point is not on the curve
  public static EcdsaKey of(Curve curve, byte[] point) throws InvalidKeyException {
    if (point.length != 2 * curve.bytes) {
      throw new InvalidKeyException(
          "a key has %d bytes, not %d".formatted(2 * curve.bytes, point.length));
    }
    try {
      return new EcdsaKey(curve, point.clone());
    } catch (IllegalArgumentException e) {
      throw new InvalidKeyException("the key is not a point on the curve");
    }
  }

  /// Returns x ‖ y, big endian.
  public byte[] point() {
    return point.clone();
  }

  /// Verifies a signature.
  ///
  /// @param signature r ‖ s, big endian
  /// @throws SignatureException if it is not one of this key over `message`
  public void verify(byte[] message, byte[] signature) throws SignatureException {
    if (signature.length != 2 * curve.bytes) {
      throw new SignatureException(
          "a signature has %d bytes, not %d".formatted(2 * curve.bytes, signature.length));
    }
    verify(
        message,
        new BigInteger(1, Arrays.copyOf(signature, curve.bytes)),
        new BigInteger(1, Arrays.copyOfRange(signature, curve.bytes, signature.length)));
  }

  /// Verifies a signature in the form of certificates (RFC 3279, section 2.2.3).
  ///
  /// @throws SignatureException if it is not one of this key over `message`
  public void verifyDer(byte[] message, byte[] signature) throws SignatureException {
    BigInteger[] both;
    try {
      both = StandardDSAEncoding.INSTANCE.decode(curve.parameters().getN(), signature);
    } catch (IOException | RuntimeException e) {
      throw new SignatureException("the signature is malformed");
    }
    verify(message, both[0], both[1]);
  }

  private void verify(byte[] message, BigInteger r, BigInteger s) throws SignatureException {
    var signer = new ECDSASigner();
    signer.init(false, key);
    if (!signer.verifySignature(hash(message), r, s)) {
      throw new SignatureException("the signature is not by this key");
    }
  }

  private byte[] hash(byte[] message) {
    try {
      return MessageDigest.getInstance(curve.hash).digest(message);
    } catch (NoSuchAlgorithmException e) {
      throw new AssertionError(e);
    }
  }
}
