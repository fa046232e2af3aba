package dev.testudo.trust.pki;

import dev.testudo.trust.pki.PkiException.Fault;
import java.io.IOException;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.Signature;
import java.security.interfaces.ECPrivateKey;
import java.security.interfaces.EdECPrivateKey;
import java.security.interfaces.RSAPrivateCrtKey;
import java.security.spec.PKCS8EncodedKeySpec;
import java.security.spec.RSAPublicKeySpec;
import java.security.spec.X509EncodedKeySpec;
import java.util.Arrays;
import org.bouncycastle.asn1.DERNull;
import org.bouncycastle.asn1.edec.EdECObjectIdentifiers;
import org.bouncycastle.asn1.pkcs.PKCSObjectIdentifiers;
import org.bouncycastle.asn1.pkcs.PrivateKeyInfo;
import org.bouncycastle.asn1.pkcs.RSAPrivateKey;
import org.bouncycastle.asn1.x509.AlgorithmIdentifier;
import org.bouncycastle.asn1.x509.SubjectPublicKeyInfo;
import org.bouncycastle.asn1.x9.X9ObjectIdentifiers;
import org.bouncycastle.crypto.params.ECPrivateKeyParameters;
import org.bouncycastle.crypto.params.ECPublicKeyParameters;
import org.bouncycastle.crypto.params.Ed25519PrivateKeyParameters;
import org.bouncycastle.crypto.util.PrivateKeyFactory;
import org.bouncycastle.crypto.util.SubjectPublicKeyInfoFactory;
import org.bouncycastle.math.ec.FixedPointCombMultiplier;

/// Reads and writes private keys, and derives the public key from a private one.
public final class PrivateKeys {
  private PrivateKeys() {}

  /// Parses a PKCS#8 key (RFC 5208, or RFC 5958 with a public key inside). Supports
  /// EC, Ed25519 and RSA.
  public static PrivateKey fromPkcs8(byte[] der) throws PkiException {
    try {
      var info = PrivateKeyInfo.getInstance(der);
      var algorithm = info.getPrivateKeyAlgorithm();
      // Encode it again without attributes and public key: not every parser knows RFC 5958.
      var plain = new PrivateKeyInfo(algorithm, info.parsePrivateKey()).getEncoded("DER");
      try {
        return KeyFactory.getInstance(factory(algorithm))
            .generatePrivate(new PKCS8EncodedKeySpec(plain));
      } finally {
        Arrays.fill(plain, (byte) 0);
      }
    } catch (IOException | GeneralSecurityException | RuntimeException e) {
      // The ASN.1 parser throws various runtime exceptions, such as NoSuchElementException. Leave
      // out the cause: messages of parsers may quote bytes of the key.
      throw new PkiException(Fault.DAMAGED, "the private key is damaged or not PKCS#8");
    }
  }

  /// Parses the key of a PEM block labelled `PRIVATE KEY`, `EC PRIVATE KEY` or `RSA PRIVATE KEY`.
  static PrivateKey fromBlock(PemBlock block) throws PkiException {
    var der = block.der();
    try {
      return switch (block.label()) {
        case "PRIVATE KEY" -> fromPkcs8(der);
        case "EC PRIVATE KEY" -> fromPkcs8(fromSec1(der));
        case "RSA PRIVATE KEY" -> fromPkcs8(fromPkcs1(der));
        case "ENCRYPTED PRIVATE KEY" ->
            throw new PkiException(
                Fault.ENCRYPTED, "the private key is encrypted; give it in clear PKCS#8");
        default ->
            throw new PkiException(
                Fault.FOREIGN_BLOCK, "`%s` is not a private key".formatted(block.label()));
      };
    } catch (PkiException e) {
      throw new PkiException(e.fault(), String.valueOf(e.getMessage()), block.offset());
    } catch (IOException | IllegalArgumentException e) {
      throw new PkiException(Fault.DAMAGED, "the private key is damaged", block.offset());
    } finally {
      Arrays.fill(der, (byte) 0);
    }
  }

  /// Parses a text with exactly one private key block.
  public static PrivateKey fromPem(String text) throws PkiException {
    var blocks = Pem.read(text);
    if (blocks.size() != 1) {
      throw new PkiException(Fault.WRONG_NUMBER, "there must be exactly one private key block");
    }
    return fromBlock(blocks.getFirst());
  }

  /// Returns `key` as PKCS#8 in PEM, see [#toPkcs8].
  public static String toPem(PrivateKey key, PublicKey publicKey) {
    return Pem.write("PRIVATE KEY", toPkcs8(key, publicKey));
  }

  /// Returns `key` as PKCS#8. The structure of an EC key contains the public key (RFC 5915), which
  /// the JDK leaves out and without which GnuTLS does not read the key.
  ///
  /// @param publicKey the public key that belongs to `key`; computing it takes far longer than
  ///     encoding it
  public static byte[] toPkcs8(PrivateKey key, PublicKey publicKey) {
    if (!(key instanceof ECPrivateKey ec)) {
      return key.getEncoded();
    }
    try {
      var algorithm = PrivateKeyInfo.getInstance(key.getEncoded()).getPrivateKeyAlgorithm();
      var spki = SubjectPublicKeyInfo.getInstance(publicKey.getEncoded());
      var structure =
          new org.bouncycastle.asn1.sec.ECPrivateKey(
              ec.getParams().getOrder().bitLength(), ec.getS(), spki.getPublicKeyData(), null);
      return new PrivateKeyInfo(algorithm, structure).getEncoded("DER");
    } catch (IOException e) {
      throw new IllegalStateException("cannot encode a private key", e);
    }
  }

  /// Returns the public key that belongs to `key`.
  public static PublicKey publicKeyOf(PrivateKey key) throws PkiException {
    try {
      return switch (key) {
        case RSAPrivateCrtKey rsa ->
            KeyFactory.getInstance("RSA")
                .generatePublic(new RSAPublicKeySpec(rsa.getModulus(), rsa.getPublicExponent()));
        case ECPrivateKey _ -> derived(key, "EC");
        case EdECPrivateKey _ -> derived(key, "Ed25519");
        default ->
            throw new PkiException(
                Fault.UNSUPPORTED,
                "keys of kind %s are not supported".formatted(key.getAlgorithm()));
      };
    } catch (IOException | GeneralSecurityException | IllegalArgumentException e) {
      throw new PkiException(Fault.DAMAGED, "the private key is damaged");
    }
  }

  /// Returns true if `publicKey` verifies signatures made with `key`.
  public static boolean belongTogether(PrivateKey key, PublicKey publicKey) {
    var probe = new byte[32];
    try {
      var algorithm = signatureAlgorithm(key);
      var signing = Signature.getInstance(algorithm);
      signing.initSign(key);
      signing.update(probe);
      var verifying = Signature.getInstance(algorithm);
      verifying.initVerify(publicKey);
      verifying.update(probe);
      return verifying.verify(signing.sign());
    } catch (GeneralSecurityException e) {
      return false;
    }
  }

  /// Returns the algorithm for signing certificates with `key`.
  static String signatureAlgorithm(PrivateKey key) {
    return switch (key) {
      case EdECPrivateKey _ -> "Ed25519";
      case ECPrivateKey ec when ec.getParams().getOrder().bitLength() > 256 -> "SHA384withECDSA";
      case ECPrivateKey _ -> "SHA256withECDSA";
      default -> "SHA256withRSA";
    };
  }

  private static PublicKey derived(PrivateKey key, String algorithm)
      throws IOException, GeneralSecurityException, PkiException {
    var spki =
        switch (PrivateKeyFactory.createKey(key.getEncoded())) {
          case Ed25519PrivateKeyParameters ed ->
              SubjectPublicKeyInfoFactory.createSubjectPublicKeyInfo(ed.generatePublicKey());
          case ECPrivateKeyParameters ec ->
              SubjectPublicKeyInfoFactory.createSubjectPublicKeyInfo(
                  new ECPublicKeyParameters(
                      new FixedPointCombMultiplier().multiply(ec.getParameters().getG(), ec.getD()),
                      ec.getParameters()));
          default ->
              throw new PkiException(
                  Fault.UNSUPPORTED, "keys of kind %s are not supported".formatted(algorithm));
        };
    return KeyFactory.getInstance(algorithm)
        .generatePublic(new X509EncodedKeySpec(spki.getEncoded("DER")));
  }

  /// Returns the JDK's name for `algorithm`.
  static String factory(AlgorithmIdentifier algorithm) throws PkiException {
    var id = algorithm.getAlgorithm();
    if (id.equals(X9ObjectIdentifiers.id_ecPublicKey)) {
      return "EC";
    }
    if (id.equals(EdECObjectIdentifiers.id_Ed25519)) {
      return "Ed25519";
    }
    if (id.equals(PKCSObjectIdentifiers.rsaEncryption)) {
      return "RSA";
    }
    throw new PkiException(
        Fault.UNSUPPORTED,
        "private keys with algorithm %s are not supported".formatted(id.getId()));
  }

  private static byte[] fromPkcs1(byte[] der) throws IOException {
    var algorithm = new AlgorithmIdentifier(PKCSObjectIdentifiers.rsaEncryption, DERNull.INSTANCE);
    return new PrivateKeyInfo(algorithm, RSAPrivateKey.getInstance(der)).getEncoded("DER");
  }

  private static byte[] fromSec1(byte[] der) throws IOException, PkiException {
    var key = org.bouncycastle.asn1.sec.ECPrivateKey.getInstance(der);
    var curve = key.getParametersObject();
    if (curve == null) {
      throw new PkiException(
          Fault.UNSUPPORTED, "the EC key does not name its curve; convert it to PKCS#8");
    }
    return new PrivateKeyInfo(
            new AlgorithmIdentifier(X9ObjectIdentifiers.id_ecPublicKey, curve), key)
        .getEncoded("DER");
  }
}
