package dev.testudo.trust.generator;

import static dev.testudo.trust.generator.DerWriter.integer;
import static dev.testudo.trust.generator.DerWriter.oid;
import static dev.testudo.trust.generator.DerWriter.sequence;
import static dev.testudo.trust.generator.DerWriter.tagged;

import java.security.GeneralSecurityException;
import java.security.PrivateKey;
import java.security.SecureRandom;
import java.security.Signature;
import java.security.spec.MGF1ParameterSpec;
import java.security.spec.PSSParameterSpec;
import java.util.Arrays;
import java.util.Map;

/// Signs with RSASSA-PSS. AMD's parameters are [#AMD]; others are for certificates that must be
/// refused.
///
/// @param hash such as `SHA-384`
/// @param maskHash the hash of MGF1
/// @param salt bytes
public record PssSigner(String hash, String maskHash, int salt) {
  public static final PssSigner AMD = new PssSigner("SHA-384", "SHA-384", 48);

  private static final Map<String, String> OIDS =
      Map.of(
          "SHA-256", "2.16.840.1.101.3.4.2.1",
          "SHA-384", "2.16.840.1.101.3.4.2.2",
          "SHA-512", "2.16.840.1.101.3.4.2.3");

  /// A salt of zeros gives the same bytes for the same certificate every time.
  private static final class Zeros extends SecureRandom {
    private static final long serialVersionUID = 1;

    @Override
    public void nextBytes(byte[] bytes) {
      Arrays.fill(bytes, (byte) 0);
    }
  }

  /// Returns the AlgorithmIdentifier (RFC 4055, section 3.1).
  public byte[] algorithm() {
    var mask = sequence(oid("1.2.840.113549.1.1.8"), sequence(hashOid(maskHash)));
    return sequence(
        oid("1.2.840.113549.1.1.10"),
        sequence(tagged(0, sequence(hashOid(hash))), tagged(1, mask), tagged(2, integer(salt))));
  }

  private static byte[] hashOid(String hash) {
    return oid(OIDS.getOrDefault(hash, ""));
  }

  /// Returns a signature.
  public byte[] sign(byte[] message, PrivateKey key) {
    try {
      var signature = Signature.getInstance("RSASSA-PSS");
      signature.setParameter(
          new PSSParameterSpec(hash, "MGF1", new MGF1ParameterSpec(maskHash), salt, 1));
      signature.initSign(key, new Zeros());
      signature.update(message);
      return signature.sign();
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
  }
}
