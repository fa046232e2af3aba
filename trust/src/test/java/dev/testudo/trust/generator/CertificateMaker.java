package dev.testudo.trust.generator;

import dev.testudo.trust.pki.Certificates;
import java.io.IOException;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.Date;
import java.util.List;
import java.util.Optional;
import org.bouncycastle.asn1.ASN1Encodable;
import org.bouncycastle.asn1.ASN1ObjectIdentifier;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x509.BasicConstraints;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.KeyUsage;
import org.bouncycastle.cert.X509CRLHolder;
import org.bouncycastle.cert.X509v2CRLBuilder;
import org.bouncycastle.cert.jcajce.JcaX509CertificateConverter;
import org.bouncycastle.cert.jcajce.JcaX509v3CertificateBuilder;
import org.bouncycastle.operator.ContentSigner;
import org.bouncycastle.operator.OperatorCreationException;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;

/// A certificate of an Intel-like manufacturer, of which every property can be changed before it is
/// made. Not thread-safe.
public final class CertificateMaker {
  private static final ASN1ObjectIdentifier PCK_EXTENSION =
      new ASN1ObjectIdentifier("1.2.840.113741.1.13.1");

  private final SigningKey key = SigningKey.generate();
  private final Optional<CertificateMaker> issuer;
  private String name;
  private BigInteger serial;
  private Instant from = IntelPlatformMaker.AT.minusSeconds(86_400);
  private Instant until = IntelPlatformMaker.AT.plusSeconds(86_400 * 365L);
  private int pathLength;
  private Optional<SigningKey> signer = Optional.empty();
  private Optional<ASN1Encodable> extension = Optional.empty();

  /// Starts a certificate.
  ///
  /// @param issuer who signs it; empty for a root
  /// @param pathLength how many authorities may follow; negative for a leaf
  CertificateMaker(String name, Optional<CertificateMaker> issuer, int serial, int pathLength) {
    this.name = name;
    this.issuer = issuer;
    this.serial = BigInteger.valueOf(serial);
    this.pathLength = pathLength;
  }

  /// Changes the common name.
  public CertificateMaker named(String commonName) {
    name = commonName;
    return this;
  }

  /// Changes the first instant at which it is valid.
  public CertificateMaker from(Instant instant) {
    from = instant;
    return this;
  }

  /// Changes the last instant at which it is valid.
  public CertificateMaker until(Instant instant) {
    until = instant;
    return this;
  }

  /// Changes how many authorities may follow; negative makes a leaf.
  public CertificateMaker pathLength(int length) {
    pathLength = length;
    return this;
  }

  /// Changes the key that signs it, while the name of the issuer stays.
  public CertificateMaker signedBy(SigningKey other) {
    signer = Optional.of(other);
    return this;
  }

  CertificateMaker extension(ASN1Encodable value) {
    extension = Optional.of(value);
    return this;
  }

  /// Returns its key.
  public SigningKey key() {
    return key;
  }

  /// Returns its serial number.
  public BigInteger serial() {
    return serial;
  }

  private X500Name subject() {
    return new X500Name("CN=" + name + ",O=Test Corporation,C=XX");
  }

  private SigningKey issuingKey() {
    return signer.or(() -> issuer.map(CertificateMaker::key)).orElse(key);
  }

  /// Makes the certificate.
  public X509Certificate make() {
    var authority = issuer.orElse(this);
    var builder =
        new JcaX509v3CertificateBuilder(
            authority.subject(),
            serial,
            Date.from(from),
            Date.from(until),
            subject(),
            key.publicKey());
    try {
      var isAuthority = pathLength >= 0;
      builder.addExtension(
          Extension.basicConstraints,
          true,
          isAuthority ? new BasicConstraints(pathLength) : new BasicConstraints(false));
      builder.addExtension(
          Extension.keyUsage,
          true,
          new KeyUsage(
              isAuthority
                  ? KeyUsage.keyCertSign | KeyUsage.cRLSign
                  : KeyUsage.digitalSignature | KeyUsage.nonRepudiation));
      if (extension.isPresent()) {
        builder.addExtension(PCK_EXTENSION, false, extension.get());
      }
      return new JcaX509CertificateConverter().getCertificate(builder.build(signer(issuingKey())));
    } catch (IOException | CertificateException e) {
      throw new IllegalStateException(e);
    }
  }

  /// Makes a revocation list of this authority.
  ///
  /// @param signer who signs it; this authority's key, unless it is to be wrong
  byte[] crl(Instant thisUpdate, Instant nextUpdate, List<BigInteger> revoked, SigningKey signer) {
    var builder = new X509v2CRLBuilder(subject(), Date.from(thisUpdate));
    builder.setNextUpdate(Date.from(nextUpdate));
    for (var number : revoked) {
      builder.addCRLEntry(number, Date.from(thisUpdate), 0);
    }
    try {
      X509CRLHolder crl = builder.build(signer(signer));
      return crl.getEncoded();
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
  }

  private static ContentSigner signer(SigningKey key) {
    try {
      return new JcaContentSignerBuilder("SHA256withECDSA").build(key.privateKey());
    } catch (OperatorCreationException e) {
      throw new IllegalStateException(e);
    }
  }

  /// Returns certificates in PEM, in the given order.
  static byte[] pem(List<CertificateMaker> makers) {
    var certificates = makers.stream().map(CertificateMaker::make).toList();
    return Certificates.toPem(certificates).getBytes(StandardCharsets.US_ASCII);
  }
}
