package dev.testudo.trust.pki;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.io.IOException;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyPairGenerator;
import java.security.PrivateKey;
import java.time.Instant;
import java.util.Arrays;
import java.util.Date;
import java.util.HexFormat;
import java.util.Set;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x509.CRLNumber;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.Extensions;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.bouncycastle.cert.X509v2CRLBuilder;
import org.bouncycastle.operator.OperatorCreationException;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;
import org.junit.jupiter.api.Test;

/// Revocation lists that are parsed, whoever signed them.
class RevocationListTest {
  private static final X500Name ISSUER = new X500Name("CN=Authority");
  private static final Instant START = Instant.parse("2026-01-01T00:00:00Z");
  private static final Instant END = Instant.parse("2026-02-01T00:00:00Z");

  private final PrivateKey key;
  private final X509v2CRLBuilder list = new X509v2CRLBuilder(ISSUER, Date.from(START));

  RevocationListTest() throws GeneralSecurityException {
    key = KeyPairGenerator.getInstance("EC").generateKeyPair().getPrivate();
  }

  private byte[] made() {
    try {
      var signer = new JcaContentSignerBuilder("SHA256withECDSA").build(key);
      return list.build(signer).getEncoded();
    } catch (OperatorCreationException | IOException e) {
      throw new IllegalStateException(e);
    }
  }

  private X509v2CRLBuilder valid() {
    return list.setNextUpdate(Date.from(END));
  }

  private static byte[] ascii(String text) {
    return text.getBytes(StandardCharsets.US_ASCII);
  }

  private static void assertRefused(String reason, byte[] body) {
    var refused = assertThrows(PkiException.class, () -> RevocationList.read(body));
    assertEquals(reason, refused.getMessage());
  }

  @Test
  void derPemAndHexadecimalDigitsAreTheSameList() throws PkiException {
    valid().addCRLEntry(BigInteger.TEN, Date.from(START), 0);
    var der = made();
    for (var body :
        Set.of(
            der,
            ascii(Pem.write("X509 CRL", der)),
            ascii(HexFormat.of().formatHex(der)),
            ascii("\n" + HexFormat.of().withUpperCase().formatHex(der) + "\n"))) {
      var read = RevocationList.read(body);
      assertEquals(START, read.thisUpdate());
      assertEquals(END, read.nextUpdate());
      assertEquals(Set.of(BigInteger.TEN), read.revoked());
    }
  }

  @Test
  void aListThatRevokesNothingHasNoNumbers() throws PkiException {
    valid();
    assertEquals(Set.of(), RevocationList.read(made()).revoked());
  }

  @Test
  void aListWithoutAnEndIsRefused() {
    assertRefused("it does not say when the next one comes", made());
  }

  @Test
  void aPartialListIsRefused() throws IOException {
    valid().addExtension(Extension.deltaCRLIndicator, true, new CRLNumber(BigInteger.ONE));
    assertRefused("it has a critical extension, so that it is not a complete list", made());
  }

  /// The issuer of the certificate is another one than that of the list.
  @Test
  void anEntryAboutTheCertificateOfAnotherIssuerIsRefused() throws IOException {
    var other = new GeneralNames(new GeneralName(new X500Name("CN=Other")));
    var extension = new Extension(Extension.certificateIssuer, true, other.getEncoded());
    valid().addCRLEntry(BigInteger.TEN, Date.from(START), new Extensions(extension));
    assertRefused("an entry has a critical extension", made());
  }

  @Test
  void whatIsNoListIsRefused() {
    valid();
    var der = made();
    assertRefused("other bytes follow it", Arrays.copyOf(der, der.length + 1));
    assertRefused("it is damaged", Arrays.copyOf(der, der.length - 1));
    assertRefused("it is neither DER, PEM nor hexadecimal text", ascii("a list"));
    assertRefused("it is not DER", new byte[0]);
    assertRefused("it is not DER", ascii("ff01"));
    var pem = Pem.write("X509 CRL", der);
    assertRefused("it is not one block `X509 CRL`", ascii(pem + pem));
    assertRefused("it is not one block `X509 CRL`", ascii(Pem.write("CERTIFICATE", der)));
  }
}
