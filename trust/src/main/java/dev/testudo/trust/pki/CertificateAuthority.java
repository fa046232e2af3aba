package dev.testudo.trust.pki;

import dev.testudo.trust.pki.PkiException.Fault;
import java.io.IOException;
import java.math.BigInteger;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.SecureRandom;
import java.security.cert.X509Certificate;
import java.security.interfaces.ECPrivateKey;
import java.security.interfaces.EdECPrivateKey;
import java.util.Date;
import java.util.List;
import org.bouncycastle.asn1.DEROctetString;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x500.X500NameBuilder;
import org.bouncycastle.asn1.x500.style.BCStyle;
import org.bouncycastle.asn1.x509.BasicConstraints;
import org.bouncycastle.asn1.x509.ExtendedKeyUsage;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.bouncycastle.asn1.x509.KeyPurposeId;
import org.bouncycastle.asn1.x509.KeyUsage;
import org.bouncycastle.cert.X509v3CertificateBuilder;
import org.bouncycastle.cert.jcajce.JcaX509ExtensionUtils;
import org.bouncycastle.cert.jcajce.JcaX509v3CertificateBuilder;
import org.bouncycastle.crypto.util.PrivateKeyFactory;
import org.bouncycastle.operator.ContentSigner;
import org.bouncycastle.operator.DefaultDigestAlgorithmIdentifierFinder;
import org.bouncycastle.operator.DefaultSignatureAlgorithmIdentifierFinder;
import org.bouncycastle.operator.OperatorCreationException;
import org.bouncycastle.operator.bc.BcECContentSignerBuilder;
import org.bouncycastle.operator.bc.BcEdECContentSignerBuilder;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;

/// A certificate authority, which issues X.509v3 certificates (RFC 5280).
///
/// Serial numbers are 127 random bits, so authorities that share a name do not repeat one.
public final class CertificateAuthority {
  private static final int SERIAL_BITS = 127;
  private static final int COMMON_NAME_LIMIT = 64;
  private final Identity identity;
  private final SecureRandom random;

  /// Creates an authority from its key and certificate.
  ///
  /// @throws PkiException if the certificate is not `CA:TRUE`
  public CertificateAuthority(Identity identity, SecureRandom random) throws PkiException {
    if (!Certificates.isAuthority(identity.certificate())) {
      throw new PkiException(
          Fault.NO_AUTHORITY,
          "the certificate is not a CA certificate (basic constraints `CA:TRUE`)");
    }
    this.identity = identity;
    this.random = random;
  }

  /// Generates a new self-signed authority.
  public static CertificateAuthority generate(
      String commonName, KeyAlgorithm algorithm, Validity validity, SecureRandom random) {
    var self =
        selfSigned(
            new CertificateProfile.Authority(commonName),
            algorithm.generate(random),
            validity,
            random);
    try {
      return new CertificateAuthority(self, random);
    } catch (PkiException e) {
      throw new AssertionError(e);
    }
  }

  /// Returns a self-signed certificate for `keys`.
  public static Identity selfSigned(
      CertificateProfile profile, KeyPair keys, Validity validity, SecureRandom random) {
    var name = name(profile.commonName());
    var certificate =
        sign(
            profile,
            keys.getPublic(),
            validity,
            new Signer(name, keys.getPrivate(), keys.getPublic()),
            random);
    return new Identity(keys.getPrivate(), certificate, List.of());
  }

  /// Returns the key, certificate and chain of this authority.
  public Identity identity() {
    return identity;
  }

  /// Returns this authority's certificate as a trust anchor.
  public TrustAnchors anchors() {
    return new TrustAnchors(List.of(identity.certificate()));
  }

  /// Issues a certificate for `key`. It expires no later than this authority's own.
  public X509Certificate issue(CertificateProfile profile, PublicKey key, Validity validity) {
    var own = identity.certificate();
    var issuer = X500Name.getInstance(own.getSubjectX500Principal().getEncoded());
    return sign(
        profile,
        key,
        validity.until(own.getNotAfter().toInstant()),
        new Signer(issuer, identity.key(), own.getPublicKey()),
        random);
  }

  /// Generates a key pair and issues a certificate for it.
  public Identity issue(CertificateProfile profile, KeyAlgorithm algorithm, Validity validity) {
    var keys = algorithm.generate(random);
    return new Identity(
        keys.getPrivate(), issue(profile, keys.getPublic(), validity), identity.certificates());
  }

  private record Signer(X500Name name, PrivateKey key, PublicKey publicKey) {
    @Override
    public String toString() {
      return name.toString();
    }
  }

  private static X509Certificate sign(
      CertificateProfile profile,
      PublicKey key,
      Validity validity,
      Signer signer,
      SecureRandom random) {
    try {
      var builder =
          new JcaX509v3CertificateBuilder(
              signer.name(),
              new BigInteger(SERIAL_BITS, random).setBit(SERIAL_BITS - 1),
              Date.from(validity.notBefore()),
              Date.from(validity.notAfter()),
              name(profile.commonName()),
              key);
      extend(builder, profile, key, signer);
      // Parse the result with the JDK, so that only what its parser accepts is returned.
      return Certificates.fromDer(builder.build(contentSigner(signer.key(), random)).getEncoded());
    } catch (IOException | GeneralSecurityException | OperatorCreationException | PkiException e) {
      throw new IllegalStateException("cannot create a certificate", e);
    }
  }

  /// Returns what signs with `key`. For elliptic curves it is Bouncy Castle's own code, which takes
  /// a third of the JDK's time (docs/decisions/0012-bouncy-castle.md).
  private static ContentSigner contentSigner(PrivateKey key, SecureRandom random)
      throws IOException, OperatorCreationException {
    var name = PrivateKeys.signatureAlgorithm(key);
    var signature = new DefaultSignatureAlgorithmIdentifierFinder().find(name);
    return switch (key) {
      case ECPrivateKey _ -> {
        var digest = new DefaultDigestAlgorithmIdentifierFinder().find(signature);
        yield new BcECContentSignerBuilder(signature, digest)
            .setSecureRandom(random)
            .build(PrivateKeyFactory.createKey(key.getEncoded()));
      }
      case EdECPrivateKey _ ->
          new BcEdECContentSignerBuilder(signature)
              .build(PrivateKeyFactory.createKey(key.getEncoded()));
      default -> new JcaContentSignerBuilder(name).setSecureRandom(random).build(key);
    };
  }

  private static void extend(
      X509v3CertificateBuilder builder, CertificateProfile profile, PublicKey key, Signer signer)
      throws IOException, GeneralSecurityException {
    var ids = new JcaX509ExtensionUtils();
    builder.addExtension(
        Extension.subjectKeyIdentifier, false, ids.createSubjectKeyIdentifier(key));
    builder.addExtension(
        Extension.authorityKeyIdentifier,
        false,
        ids.createAuthorityKeyIdentifier(signer.publicKey()));
    switch (profile) {
      case CertificateProfile.Authority _ -> {
        builder.addExtension(Extension.basicConstraints, true, new BasicConstraints(true));
        builder.addExtension(
            Extension.keyUsage, true, new KeyUsage(KeyUsage.keyCertSign | KeyUsage.cRLSign));
      }
      case CertificateProfile.EndEntity end -> extend(builder, end, key);
    }
  }

  private static void extend(
      X509v3CertificateBuilder builder, CertificateProfile.EndEntity end, PublicKey key)
      throws IOException {
    var rsa = key.getAlgorithm().equals("RSA");
    builder.addExtension(Extension.basicConstraints, true, new BasicConstraints(false));
    builder.addExtension(
        Extension.keyUsage,
        true,
        new KeyUsage(KeyUsage.digitalSignature | (rsa ? KeyUsage.keyEncipherment : 0)));
    var purpose = end.endpoint().map(CertificateAuthority::purpose);
    if (purpose.isPresent()) {
      builder.addExtension(Extension.extendedKeyUsage, false, new ExtendedKeyUsage(purpose.get()));
    }
    var names =
        end.names().stream().map(CertificateAuthority::generalName).toArray(GeneralName[]::new);
    builder.addExtension(Extension.subjectAlternativeName, false, new GeneralNames(names));
  }

  private static KeyPurposeId purpose(Endpoint endpoint) {
    return switch (endpoint) {
      case SERVER -> KeyPurposeId.id_kp_serverAuth;
      case CLIENT -> KeyPurposeId.id_kp_clientAuth;
    };
  }

  private static GeneralName generalName(SubjectName name) {
    return switch (name) {
      case SubjectName.Dns dns -> new GeneralName(GeneralName.dNSName, dns.name());
      case SubjectName.Ip ip ->
          new GeneralName(GeneralName.iPAddress, new DEROctetString(ip.address().getAddress()));
    };
  }

  /// Returns the X.500 name. X.520 limits a common name to 64 characters; verifiers use the
  /// alternative names anyway.
  private static X500Name name(String commonName) {
    var short64 =
        commonName.length() > COMMON_NAME_LIMIT
            ? commonName.substring(0, COMMON_NAME_LIMIT)
            : commonName;
    return new X500NameBuilder(BCStyle.INSTANCE).addRDN(BCStyle.CN, short64).build();
  }
}
