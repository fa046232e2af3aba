package dev.testudo.trust.attest.intel;

import dev.testudo.trust.attest.evidence.Octets;
import dev.testudo.trust.pki.Certificates;
import dev.testudo.trust.pki.EcdsaKey;
import dev.testudo.trust.pki.EcdsaKey.Curve;
import dev.testudo.trust.pki.PkiException;
import java.io.IOException;
import java.math.BigInteger;
import java.security.InvalidKeyException;
import java.security.SignatureException;
import java.security.cert.CertificateEncodingException;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.Optional;

/// A certificate of Intel's hierarchy: a key on P-256, signed with ECDSA and SHA-256. It is parsed;
/// only [IntelChain] verifies it.
final class IntelCertificate {
  private static final String ECDSA_WITH_SHA256 = "1.2.840.10045.4.3.2";
  private static final Octets COMMON_NAME = Octets.ofHex("550403");

  /// A SubjectPublicKeyInfo of P-256 up to the coordinates (RFC 5480, section 2).
  private static final Octets KEY_INFO =
      Octets.ofHex("3059301306072a8648ce3d020106082a8648ce3d03010703420004");

  private static final int KEY_CERT_SIGN = 5;
  private static final int CRL_SIGN = 6;

  private final X509Certificate certificate;
  private final String commonName;
  private final EcdsaKey key;

  private IntelCertificate(X509Certificate certificate, String commonName, EcdsaKey key) {
    this.certificate = certificate;
    this.commonName = commonName;
    this.key = key;
  }

  /// Parses a certificate.
  ///
  /// @throws IOException if it is not one of the kind that Intel issues; the message says why
  static IntelCertificate parse(byte[] der) throws IOException {
    try {
      var certificate = Certificates.fromDer(der);
      if (!certificate.getSigAlgOID().equals(ECDSA_WITH_SHA256)) {
        throw new IOException("a certificate is not signed with ECDSA and SHA-256");
      }
      if (certificate.hasUnsupportedCriticalExtension()) {
        throw new IOException("a certificate has an unknown critical extension");
      }
      return new IntelCertificate(
          certificate,
          commonName(Octets.of(certificate.getSubjectX500Principal().getEncoded())),
          key(Octets.of(certificate.getPublicKey().getEncoded())));
    } catch (PkiException e) {
      throw new IOException(e.getMessage(), e);
    } catch (InvalidKeyException e) {
      throw new IOException("a certificate has a key that is not a point on P-256", e);
    } catch (RuntimeException e) { // the JDK's parser promises nothing about damaged input
      throw new IOException("a certificate is damaged", e);
    }
  }

  private static EcdsaKey key(Octets info) throws IOException, InvalidKeyException {
    var prefix = KEY_INFO.length();
    if (info.length() != prefix + 64 || !info.slice(0, prefix).equals(KEY_INFO)) {
      throw new IOException("a certificate has a key that is not one of P-256");
    }
    return EcdsaKey.of(Curve.P256, info.slice(prefix, 64).toBytes());
  }

  /// Returns the common name of a subject; empty if it has none.
  private static String commonName(Octets subject) throws IOException {
    var found = Optional.<String>empty();
    var names = new DerReader(subject).enter(DerReader.SEQUENCE);
    while (names.hasNext()) {
      var set = names.enter(DerReader.SET);
      while (set.hasNext()) {
        var pair = set.enter(DerReader.SEQUENCE);
        if (pair.take(DerReader.OBJECT_IDENTIFIER).equals(COMMON_NAME)) {
          if (found.isPresent()) {
            throw new IOException("a certificate has two common names");
          }
          found = Optional.of(text(pair));
        }
      }
    }
    return found.orElse("");
  }

  private static String text(DerReader in) throws IOException {
    var tag = in.tag();
    if (tag != DerReader.UTF8_STRING && tag != DerReader.PRINTABLE_STRING) {
      throw new IOException("a common name is neither a UTF8String nor a PrintableString");
    }
    var text = new StringBuilder();
    var bytes = in.take(tag);
    for (var i = 0; i < bytes.length(); i++) {
      var c = bytes.u8(i);
      text.append(c >= ' ' && c < 0x7f ? (char) c : '?');
    }
    return text.toString();
  }

  String commonName() {
    return commonName;
  }

  EcdsaKey key() {
    return key;
  }

  /// Returns the subject in DER.
  Octets subject() {
    return Octets.of(certificate.getSubjectX500Principal().getEncoded());
  }

  /// Returns the issuer in DER.
  Octets issuer() {
    return Octets.of(certificate.getIssuerX500Principal().getEncoded());
  }

  BigInteger serial() {
    return certificate.getSerialNumber();
  }

  Instant notBefore() {
    return certificate.getNotBefore().toInstant();
  }

  Instant notAfter() {
    return certificate.getNotAfter().toInstant();
  }

  /// Returns whether it may sign certificates and revocation lists.
  boolean isAuthority() {
    var usage = certificate.getKeyUsage();
    return Certificates.isAuthority(certificate)
        && usage != null
        && usage[KEY_CERT_SIGN]
        && usage[CRL_SIGN];
  }

  /// Returns whether it calls itself an authority.
  boolean claimsAuthority() {
    return Certificates.isAuthority(certificate);
  }

  /// Returns how many authorities may follow below it in a chain.
  int pathLength() {
    return certificate.getBasicConstraints();
  }

  /// Returns the value of an extension, without the OCTET STRING around it.
  Optional<Octets> extension(String oid) throws IOException {
    var value = certificate.getExtensionValue(oid);
    if (value == null) {
      return Optional.empty();
    }
    return Optional.of(new DerReader(Octets.of(value)).take(DerReader.OCTET_STRING));
  }

  /// Verifies the signature.
  ///
  /// @throws SignatureException if it is not by `issuer`
  void verify(EcdsaKey issuer) throws SignatureException {
    try {
      issuer.verifyDer(certificate.getTBSCertificate(), certificate.getSignature());
    } catch (CertificateEncodingException e) {
      throw new SignatureException("the certificate cannot be encoded", e);
    }
  }
}
