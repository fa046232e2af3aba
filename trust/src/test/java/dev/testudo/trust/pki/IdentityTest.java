package dev.testudo.trust.pki;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.testudo.trust.pki.PkiException.Fault;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.OptionalInt;
import org.bouncycastle.asn1.ASN1OctetString;
import org.bouncycastle.asn1.pkcs.PrivateKeyInfo;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class IdentityTest {
  private static final SecureRandom RANDOM = new SecureRandom();
  private static final Validity VALIDITY = Validity.since(Instant.parse("2026-05-01T12:00:00Z"));
  private static final CertificateAuthority AUTHORITY =
      CertificateAuthority.generate("Test CA", KeyAlgorithm.P_256, VALIDITY, RANDOM);

  private static Identity identity(KeyAlgorithm algorithm) {
    return AUTHORITY.issue(CertificateProfile.EndEntity.server("a.example"), algorithm, VALIDITY);
  }

  private static String pem(Identity identity) {
    try (var pem = identity.toPem()) {
      return pem.reveal(b -> new String(b, StandardCharsets.US_ASCII));
    }
  }

  @ParameterizedTest
  @EnumSource
  void readsWhatItWrote(KeyAlgorithm algorithm) throws PkiException {
    var written = identity(algorithm);
    var read = Identity.fromPem(pem(written));
    assertEquals(written.certificate(), read.certificate());
    assertEquals(written.chain(), read.chain());
    assertArrayEquals(written.key().getEncoded(), read.key().getEncoded());
  }

  @ParameterizedTest
  @EnumSource
  void thePublicKeyFollowsFromThePrivateOne(KeyAlgorithm algorithm) throws PkiException {
    var keys = algorithm.generate(RANDOM);
    assertEquals(
        KeyHash.of(keys.getPublic()), KeyHash.of(PrivateKeys.publicKeyOf(keys.getPrivate())));
  }

  private static String keyPem(Identity identity) {
    return PrivateKeys.toPem(identity.key(), identity.certificate().getPublicKey());
  }

  @Test
  void theKeyMayStandBehindTheCertificates() throws PkiException {
    var written = identity(KeyAlgorithm.P_256);
    var text = Certificates.toPem(written.certificates()) + keyPem(written);
    assertEquals(written.keyHash(), Identity.fromPem(text).keyHash());
  }

  @Test
  void readsOpenSslsOlderKeyFormats() throws PkiException, IOException {
    var rsa = identity(KeyAlgorithm.RSA_2048);
    var pkcs1 =
        PrivateKeyInfo.getInstance(rsa.key().getEncoded())
            .parsePrivateKey()
            .toASN1Primitive()
            .getEncoded();
    var rsaText = Pem.write("RSA PRIVATE KEY", pkcs1) + Certificates.toPem(rsa.certificates());
    assertEquals(rsa.keyHash(), Identity.fromPem(rsaText).keyHash());

    var ec = identity(KeyAlgorithm.P_256);
    var info = PrivateKeyInfo.getInstance(ec.key().getEncoded());
    var scalar =
        org.bouncycastle.asn1.sec.ECPrivateKey.getInstance(info.parsePrivateKey()).getKey();
    var sec1 =
        new org.bouncycastle.asn1.sec.ECPrivateKey(
            256, scalar, info.getPrivateKeyAlgorithm().getParameters());
    var curve = info.getPrivateKeyAlgorithm().getParameters().toASN1Primitive().getEncoded();
    var ecText =
        Pem.write("EC PARAMETERS", curve)
            + Pem.write("EC PRIVATE KEY", sec1.getEncoded())
            + Certificates.toPem(ec.certificates());
    assertEquals(ec.keyHash(), Identity.fromPem(ecText).keyHash());
  }

  /// RFC 5958 allows the public key inside, and other systems write Ed25519 keys in that form.
  @Test
  void readsEd25519KeysOfTheSecondVersionAndWritesTheFirst() throws PkiException, IOException {
    var identity = identity(KeyAlgorithm.ED25519);
    var first = PrivateKeyInfo.getInstance(identity.key().getEncoded());
    var spki = identity.certificate().getPublicKey().getEncoded();
    var raw = Arrays.copyOfRange(spki, spki.length - 32, spki.length);
    var second =
        new PrivateKeyInfo(
            first.getPrivateKeyAlgorithm(),
            ASN1OctetString.getInstance(first.parsePrivateKey()),
            null,
            raw);
    assertEquals(1, second.getVersion().intValueExact());
    var read = PrivateKeys.fromPkcs8(second.getEncoded());
    assertArrayEquals(identity.key().getEncoded(), read.getEncoded());
  }

  @Test
  void saysWhatIsMissingOrTooMuch() {
    var one = identity(KeyAlgorithm.P_256);
    var key = keyPem(one);
    var certificate = Certificates.toPem(List.of(one.certificate()));
    assertProblem(Fault.NO_CERTIFICATE, OptionalInt.empty(), key);
    assertProblem(Fault.NO_KEY, OptionalInt.empty(), certificate);
    assertProblem(Fault.WRONG_NUMBER, OptionalInt.of(key.length()), key + key + certificate);
    var before = key + certificate;
    assertProblem(
        Fault.FOREIGN_BLOCK,
        OptionalInt.of(before.length()),
        before + PublicKeys.toPem(one.certificate().getPublicKey()));
    assertProblem(
        Fault.ENCRYPTED,
        OptionalInt.of(0),
        key.replace("PRIVATE KEY", "ENCRYPTED PRIVATE KEY") + certificate);
  }

  @Test
  void refusesAKeyOfAnotherCertificate() {
    var other = keyPem(identity(KeyAlgorithm.P_256));
    var certificate = Certificates.toPem(List.of(identity(KeyAlgorithm.P_256).certificate()));
    assertProblem(Fault.OTHER_KEY, OptionalInt.of(0), other + certificate);
    var rsa = keyPem(identity(KeyAlgorithm.RSA_2048));
    assertProblem(Fault.OTHER_KEY, OptionalInt.of(certificate.length()), certificate + rsa);
  }

  @Test
  void refusesDamagedKeysAtTheirPlaceWithoutQuotingThem() {
    var one = identity(KeyAlgorithm.P_256);
    var certificate = Certificates.toPem(List.of(one.certificate()));
    var der = one.key().getEncoded();
    der[3] ^= 0x55;
    var text = certificate + Pem.write("PRIVATE KEY", der);
    var problem = assertThrows(PkiException.class, () -> Identity.fromPem(text));
    assertEquals(Fault.DAMAGED, problem.fault());
    assertEquals(certificate.length(), problem.offset().orElseThrow());
    assertFalse(String.valueOf(problem.getCause()).contains("MIG"));
  }

  @Test
  void anchorsAreCertificatesOnly() throws PkiException {
    var one = identity(KeyAlgorithm.P_256);
    var text = Certificates.toPem(one.certificates());
    assertEquals(one.certificates(), TrustAnchors.fromPem(text).certificates());
    var withKey = assertThrows(PkiException.class, () -> TrustAnchors.fromPem(text + keyPem(one)));
    assertEquals(Fault.FOREIGN_BLOCK, withKey.fault());
    assertEquals(text.length(), withKey.offset().orElseThrow());
    var empty = assertThrows(PkiException.class, () -> TrustAnchors.fromPem(""));
    assertEquals(Fault.NO_CERTIFICATE, empty.fault());
  }

  @Test
  void doesNotPrintItsKey() {
    var one = identity(KeyAlgorithm.P_256);
    assertEquals("Identity[%s]".formatted(one.keyHash()), one.toString());
  }

  @Test
  void anEphemeralIdentityNamesItsHost() throws Exception {
    var names = Identity.ephemeral("agent.example").certificate().getSubjectAlternativeNames();
    var dnsName = 2;
    assertEquals(List.of(List.of(dnsName, "agent.example")), List.copyOf(names));
  }

  private static void assertProblem(Fault expected, OptionalInt offset, String text) {
    var problem = assertThrows(PkiException.class, () -> Identity.fromPem(text));
    assertEquals(expected, problem.fault(), problem.getMessage());
    assertEquals(offset, problem.offset(), problem.getMessage());
  }
}
