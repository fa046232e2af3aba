package dev.testudo.trust.attest.amd;

import dev.testudo.trust.attest.evidence.EvidenceException;
import dev.testudo.trust.attest.evidence.RejectionId;
import java.io.IOException;
import java.security.AlgorithmParameters;
import java.security.GeneralSecurityException;
import java.security.PublicKey;
import java.security.Signature;
import java.security.cert.X509CRL;
import java.security.cert.X509Certificate;
import java.security.spec.MGF1ParameterSpec;
import java.security.spec.PSSParameterSpec;
import org.jspecify.annotations.Nullable;

/// Verifies the only algorithm with which AMD signs: RSASSA-PSS with SHA-384, MGF1 with SHA-384 and
/// a salt of 48 bytes (AMD 57230, section 1.3; RFC 8017, section 8.1). Other parameters are
/// refused, because weaker ones would make it possible to reuse a signature.
final class PssSignature {
  private static final String OID = "1.2.840.113549.1.1.10";
  private static final int SALT_BYTES = 48;
  private static final PSSParameterSpec PARAMETERS =
      new PSSParameterSpec(
          "SHA-384",
          "MGF1",
          MGF1ParameterSpec.SHA384,
          SALT_BYTES,
          PSSParameterSpec.TRAILER_FIELD_BC);

  private PssSignature() {}

  /// Verifies that `key` signed `certificate`.
  ///
  /// @param name of the certificate in messages
  static void verify(X509Certificate certificate, PublicKey key, String name)
      throws EvidenceException {
    checkParameters(certificate.getSigAlgOID(), certificate.getSigAlgParams(), name);
    try {
      verify(certificate.getTBSCertificate(), certificate.getSignature(), key, name);
    } catch (GeneralSecurityException e) {
      throw wrong(name, "its signature cannot be verified");
    }
  }

  /// Verifies that `key` signed `list`.
  ///
  /// @param name of the list in messages
  static void verify(X509CRL list, PublicKey key, String name) throws EvidenceException {
    checkParameters(list.getSigAlgOID(), list.getSigAlgParams(), name);
    try {
      verify(list.getTBSCertList(), list.getSignature(), key, name);
    } catch (GeneralSecurityException e) {
      throw wrong(name, "its signature cannot be verified");
    }
  }

  private static void checkParameters(String oid, byte @Nullable [] parameters, String name)
      throws EvidenceException {
    if (!oid.equals(OID) || parameters == null) {
      throw wrong(name, "it is not signed with RSASSA-PSS");
    }
    PSSParameterSpec seen;
    try {
      var parsed = AlgorithmParameters.getInstance("RSASSA-PSS");
      parsed.init(parameters);
      seen = parsed.getParameterSpec(PSSParameterSpec.class);
    } catch (GeneralSecurityException | IOException | RuntimeException e) {
      throw wrong(name, "the parameters of RSASSA-PSS are malformed");
    }
    if (!seen.getDigestAlgorithm().equals(PARAMETERS.getDigestAlgorithm())
        || !seen.getMGFAlgorithm().equals(PARAMETERS.getMGFAlgorithm())
        || !(seen.getMGFParameters() instanceof MGF1ParameterSpec mask)
        || !mask.getDigestAlgorithm().equals(MGF1ParameterSpec.SHA384.getDigestAlgorithm())
        || seen.getSaltLength() != SALT_BYTES
        || seen.getTrailerField() != PSSParameterSpec.TRAILER_FIELD_BC) {
      throw wrong(name, "the parameters of RSASSA-PSS are not SHA-384 and a salt of 48 bytes");
    }
  }

  private static void verify(byte[] message, byte[] bytes, PublicKey key, String name)
      throws EvidenceException, GeneralSecurityException {
    var signature = Signature.getInstance("RSASSA-PSS");
    signature.setParameter(PARAMETERS);
    signature.initVerify(key);
    signature.update(message);
    if (!signature.verify(bytes)) {
      throw wrong(name, "its signature is not by its issuer");
    }
  }

  private static EvidenceException wrong(String name, String reason) {
    return new EvidenceException(
        RejectionId.UNTRUSTED_CHAIN, "the chain of %s is broken: %s".formatted(name, reason));
  }
}
