package dev.testudo.trust.generator;

import dev.testudo.trust.attest.evidence.Octets;
import dev.testudo.trust.pki.Certificates;
import java.io.IOException;
import java.math.BigInteger;
import java.security.PublicKey;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.Date;
import java.util.List;
import org.bouncycastle.asn1.ASN1ObjectIdentifier;
import org.bouncycastle.asn1.DERUTF8String;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x500.X500NameBuilder;
import org.bouncycastle.asn1.x509.BasicConstraints;
import org.bouncycastle.asn1.x509.ExtendedKeyUsage;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.bouncycastle.asn1.x509.KeyPurposeId;
import org.bouncycastle.asn1.x509.KeyUsage;
import org.bouncycastle.cert.jcajce.JcaX509CertificateConverter;
import org.bouncycastle.cert.jcajce.JcaX509v3CertificateBuilder;
import org.bouncycastle.operator.OperatorCreationException;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;

/// A manufacturer of TPMs that signs endorsement certificates (TCG EK Credential Profile).
public final class TpmAuthority {
  private static final String ATTRIBUTES = "2.23.133.2.";
  private static final ASN1ObjectIdentifier ENDORSES = new ASN1ObjectIdentifier("2.23.133.8.1");
  private static final Instant FROM = Instant.parse("2020-01-01T00:00:00Z");
  private static final Instant UNTIL = Instant.parse("2049-12-31T00:00:00Z");

  private final SigningKey key = SigningKey.generate();
  private final X500Name name;
  private final X509Certificate certificate;

  private TpmAuthority(String name) {
    this.name = new X500Name("CN=" + name);
    this.certificate = root();
  }

  /// Creates a manufacturer with a key of its own.
  public static TpmAuthority named(String name) {
    return new TpmAuthority(name);
  }

  /// Returns its certificate in PEM.
  public String pem() {
    return Certificates.toPem(List.of(certificate));
  }

  /// Returns a certificate for an endorsement key, in DER.
  public Octets endorse(PublicKey endorsementKey) {
    return endorseUntil(endorsementKey, UNTIL);
  }

  /// Returns a certificate that ends at an instant.
  public Octets endorseUntil(PublicKey endorsementKey, Instant end) {
    var maker = new X500NameBuilder();
    maker.addRDN(new ASN1ObjectIdentifier(ATTRIBUTES + "1"), new DERUTF8String("id:54455354"));
    maker.addRDN(new ASN1ObjectIdentifier(ATTRIBUTES + "2"), new DERUTF8String("Model 1"));
    maker.addRDN(new ASN1ObjectIdentifier(ATTRIBUTES + "3"), new DERUTF8String("id:00010002"));
    try {
      var builder =
          new JcaX509v3CertificateBuilder(
              name,
              BigInteger.TWO,
              Date.from(FROM),
              Date.from(end),
              new X500Name(""),
              endorsementKey);
      builder.addExtension(Extension.basicConstraints, true, new BasicConstraints(false));
      builder.addExtension(Extension.keyUsage, true, new KeyUsage(KeyUsage.keyEncipherment));
      builder.addExtension(
          Extension.subjectAlternativeName,
          true,
          new GeneralNames(new GeneralName(GeneralName.directoryName, maker.build())));
      builder.addExtension(
          Extension.extendedKeyUsage,
          false,
          new ExtendedKeyUsage(KeyPurposeId.getInstance(ENDORSES)));
      return Octets.of(Certificates.toDer(signed(builder)));
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
  }

  private X509Certificate root() {
    try {
      var builder =
          new JcaX509v3CertificateBuilder(
              name, BigInteger.ONE, Date.from(FROM), Date.from(UNTIL), name, key.publicKey());
      builder.addExtension(Extension.basicConstraints, true, new BasicConstraints(true));
      builder.addExtension(Extension.keyUsage, true, new KeyUsage(KeyUsage.keyCertSign));
      return signed(builder);
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
  }

  private X509Certificate signed(JcaX509v3CertificateBuilder builder) {
    try {
      var signer = new JcaContentSignerBuilder("SHA256withECDSA").build(key.privateKey());
      return new JcaX509CertificateConverter().getCertificate(builder.build(signer));
    } catch (OperatorCreationException | CertificateException e) {
      throw new IllegalStateException(e);
    }
  }
}
