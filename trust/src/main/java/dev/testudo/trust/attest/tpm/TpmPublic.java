package dev.testudo.trust.attest.tpm;

import dev.testudo.trust.attest.evidence.EvidenceException;
import dev.testudo.trust.attest.evidence.Measurement;
import dev.testudo.trust.attest.evidence.Octets;
import dev.testudo.trust.attest.evidence.RejectionId;
import dev.testudo.trust.pki.EcdsaKey;
import dev.testudo.trust.pki.EcdsaKey.Curve;
import java.math.BigInteger;
import java.security.GeneralSecurityException;
import java.security.InvalidKeyException;
import java.security.KeyFactory;
import java.security.interfaces.RSAPublicKey;
import java.security.spec.RSAPublicKeySpec;

/// The public part of a key in a TPM (TPMT_PUBLIC; TPM 2.0, part 2, section 12.2.4), whose hash
/// names it. Integers are big endian.
///
/// @param bytes the structure
public record TpmPublic(Octets bytes) {
  /// The most bytes of one.
  public static final int MOST_BYTES = 512;

  private static final int RSA = 0x0001;
  private static final int ECC = 0x0023;
  private static final int SHA256 = 0x000b;
  private static final int AES = 0x0006;
  private static final int CFB = 0x0043;
  private static final int NO_ALGORITHM = 0x0010;
  private static final int ECDSA = 0x0018;
  private static final int P256 = 0x0003;
  private static final int RSA_BITS = 2048;
  private static final int AES_BITS = 128;
  private static final int MOST_POLICY = 64;
  private static final int COORDINATE = 32;

  /// What a TPMA_OBJECT says (TPM 2.0, part 2, section 8.3).
  private static final long FIXED_TPM = 1 << 1;

  private static final long FIXED_PARENT = 1 << 4;
  private static final long SENSITIVE_DATA_ORIGIN = 1 << 5;
  private static final long RESTRICTED = 1 << 16;
  private static final long DECRYPT = 1 << 17;
  private static final long SIGN = 1 << 18;
  private static final long OF_THIS_TPM =
      FIXED_TPM | FIXED_PARENT | SENSITIVE_DATA_ORIGIN | RESTRICTED;

  /// Returns the name of the key: the number of its hash, and SHA-256 of the structure.
  public Octets name() {
    var hash = Measurement.sha256().digest(bytes.toBytes());
    var name = new byte[2 + hash.length];
    name[1] = SHA256;
    System.arraycopy(hash, 0, name, 2, hash.length);
    return Octets.of(name);
  }

  /// Reads an endorsement key: one that decrypts what is for this TPM.
  ///
  /// @throws EvidenceException if it is of another kind
  public RSAPublicKey endorsementKey() throws EvidenceException {
    var in = new TpmReader(bytes);
    header(in, "endorsement key", RSA, DECRYPT, SIGN);
    var isUsual =
        in.u16() == AES
            && in.u16() == AES_BITS
            && in.u16() == CFB
            && in.u16() == NO_ALGORITHM
            && in.u16() == RSA_BITS;
    var exponent = in.u32();
    var modulus = new BigInteger(1, in.sized(RSA_BITS / Byte.SIZE).toBytes());
    in.end();
    if (!isUsual || exponent != 0 || modulus.bitLength() != RSA_BITS || !modulus.testBit(0)) {
      throw unsupported(
          "the endorsement key is not RSA with 2,048 bits, the exponent 65537 and AES-128-CFB");
    }
    try {
      var spec = new RSAPublicKeySpec(modulus, BigInteger.valueOf(65_537));
      return (RSAPublicKey) KeyFactory.getInstance("RSA").generatePublic(spec);
    } catch (GeneralSecurityException e) {
      throw TpmReader.malformed("its endorsement key is none");
    }
  }

  /// Reads an attestation key: one that signs only what the TPM made itself.
  ///
  /// @throws EvidenceException if it is of another kind
  public EcdsaKey attestationKey() throws EvidenceException {
    var in = new TpmReader(bytes);
    header(in, "attestation key", ECC, SIGN, DECRYPT);
    var isUsual =
        in.u16() == NO_ALGORITHM
            && in.u16() == ECDSA
            && in.u16() == SHA256
            && in.u16() == P256
            && in.u16() == NO_ALGORITHM;
    var point = new byte[2 * COORDINATE];
    for (var end = COORDINATE; end <= point.length; end += COORDINATE) {
      var coordinate = in.sized(COORDINATE).toBytes();
      System.arraycopy(coordinate, 0, point, end - coordinate.length, coordinate.length);
    }
    in.end();
    if (!isUsual) {
      throw unsupported("the attestation key does not sign with ECDSA on P-256 and SHA-256");
    }
    try {
      return EcdsaKey.of(Curve.P256, point);
    } catch (InvalidKeyException e) {
      throw TpmReader.malformed("its attestation key is not on P-256");
    }
  }

  /// Reads what all keys have, and checks what the key may be used for.
  private void header(TpmReader in, String what, int type, long must, long mustNot)
      throws EvidenceException {
    if (in.u16() != type || in.u16() != SHA256) {
      throw unsupported(
          "the %s is not %s, named with SHA-256"
              .formatted(what, type == RSA ? "an RSA key" : "a key on a curve"));
    }
    var attributes = in.u32();
    if ((attributes & (OF_THIS_TPM | must)) != (OF_THIS_TPM | must)
        || (attributes & mustNot) != 0) {
      throw new EvidenceException(
          RejectionId.WRONG_TPM_KEY,
          "the attributes 0x%08x of the %s let it leave its TPM, or do what it must not"
              .formatted(attributes, what));
    }
    in.sized(MOST_POLICY); // authPolicy
  }

  private static EvidenceException unsupported(String reason) {
    return new EvidenceException(RejectionId.UNSUPPORTED_EVIDENCE, reason);
  }
}
