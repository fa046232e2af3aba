package dev.testudo.trust.pki;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayInputStream;
import java.net.InetAddress;
import java.security.KeyStore;
import java.security.SecureRandom;
import java.security.cert.CertPathValidator;
import java.security.cert.CertPathValidatorException;
import java.security.cert.CertificateFactory;
import java.security.cert.PKIXParameters;
import java.security.cert.TrustAnchor;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Date;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import javax.security.auth.x500.X500Principal;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class CertificateAuthorityTest {
  private static final SecureRandom RANDOM = new SecureRandom();
  private static final Instant NOW = Instant.parse("2026-05-01T12:00:00Z");
  private static final Validity YEAR = Validity.lasting(Duration.ofDays(365), NOW);
  private static final CertificateProfile SERVER =
      CertificateProfile.EndEntity.server("redis", "localhost");

  private static CertificateAuthority root(KeyAlgorithm algorithm) {
    return CertificateAuthority.generate("Root", algorithm, Validity.since(NOW), RANDOM);
  }

  private static CertificateAuthority below(CertificateAuthority issuer) throws PkiException {
    return new CertificateAuthority(
        issuer.issue(new CertificateProfile.Authority("Intermediate"), KeyAlgorithm.P_384, YEAR),
        RANDOM);
  }

  private static void validate(Identity leaf, X509Certificate anchor, Instant at) throws Exception {
    var path = new ArrayList<>(leaf.certificates());
    path.removeLast();
    var parameters = new PKIXParameters(Set.of(new TrustAnchor(anchor, null)));
    parameters.setRevocationEnabled(false);
    parameters.setDate(Date.from(at));
    CertPathValidator.getInstance("PKIX")
        .validate(CertificateFactory.getInstance("X.509").generateCertPath(path), parameters);
  }

  @ParameterizedTest
  @EnumSource
  void chainsOfEveryKeyTypeSatisfyTheJdk(KeyAlgorithm algorithm) throws Exception {
    var root = root(algorithm);
    var leaf = below(root).issue(SERVER, algorithm, YEAR);
    assertEquals(2, leaf.chain().size());
    validate(leaf, root.identity().certificate(), NOW);
  }

  @Test
  void aChainOfAnotherRootOfTheSameNameDoesNot() throws Exception {
    var leaf = root(KeyAlgorithm.P_256).issue(SERVER, KeyAlgorithm.P_256, YEAR);
    var other = root(KeyAlgorithm.P_256).identity().certificate();
    assertThrows(CertPathValidatorException.class, () -> validate(leaf, other, NOW));
  }

  @Test
  void anExpiredLeafDoesNot() throws Exception {
    var root = root(KeyAlgorithm.P_256);
    var leaf = root.issue(SERVER, KeyAlgorithm.P_256, YEAR);
    var late = NOW.plus(Duration.ofDays(366));
    assertThrows(
        CertPathValidatorException.class,
        () -> validate(leaf, root.identity().certificate(), late));
  }

  @Test
  void aLeafCannotSignForOthers() {
    var leaf = root(KeyAlgorithm.P_256).issue(SERVER, KeyAlgorithm.P_256, YEAR);
    var refused = assertThrows(PkiException.class, () -> new CertificateAuthority(leaf, RANDOM));
    assertEquals(PkiException.Fault.NO_AUTHORITY, refused.fault());
  }

  @Test
  void anAuthoritySignsAndDoesNothingElse() {
    var certificate = root(KeyAlgorithm.P_256).identity().certificate();
    assertTrue(certificate.getBasicConstraints() > 0);
    assertTrue(
        certificate.getCriticalExtensionOIDs().containsAll(List.of("2.5.29.15", "2.5.29.19")));
    assertArrayEquals(
        new boolean[] {false, false, false, false, false, true, true, false, false},
        certificate.getKeyUsage());
  }

  @Test
  void aLeafCarriesItsNamesAndItsEnd() throws Exception {
    var authority = root(KeyAlgorithm.P_256);
    var server = authority.issue(SERVER, KeyAlgorithm.P_256, YEAR).certificate();
    assertEquals(
        List.of(List.of(2, "redis"), List.of(2, "localhost")),
        List.copyOf(server.getSubjectAlternativeNames()));
    assertEquals(List.of("1.3.6.1.5.5.7.3.1"), server.getExtendedKeyUsage());
    assertEquals(-1, server.getBasicConstraints());
    assertEquals(3, server.getVersion());

    var client =
        authority.issue(CertificateProfile.EndEntity.client("me"), KeyAlgorithm.P_256, YEAR);
    assertEquals(List.of("1.3.6.1.5.5.7.3.2"), client.certificate().getExtendedKeyUsage());

    var names =
        List.<SubjectName>of(
            new SubjectName.Ip(InetAddress.ofLiteral("::1")),
            new SubjectName.Ip(InetAddress.ofLiteral("10.0.0.1")));
    var neither =
        authority
            .issue(
                new CertificateProfile.EndEntity("x", names, Optional.empty()),
                KeyAlgorithm.P_256,
                YEAR)
            .certificate();
    assertNull(neither.getExtendedKeyUsage());
    assertEquals(
        List.of(List.of(7, "0:0:0:0:0:0:0:1"), List.of(7, "10.0.0.1")),
        List.copyOf(neither.getSubjectAlternativeNames()));
  }

  @Test
  void aLeafWithoutNamesIsNotMade() {
    assertThrows(
        IllegalArgumentException.class,
        () -> new CertificateProfile.EndEntity("x", List.of(), Optional.empty()));
  }

  @Test
  void serialsArePositiveShortAndDistinct() {
    var authority = root(KeyAlgorithm.P_256);
    var first = authority.issue(SERVER, KeyAlgorithm.P_256, YEAR).certificate().getSerialNumber();
    var second = authority.issue(SERVER, KeyAlgorithm.P_256, YEAR).certificate().getSerialNumber();
    assertNotEquals(first, second);
    assertEquals(1, first.signum());
    assertTrue(first.toByteArray().length <= 20);
  }

  @Test
  void aCertificateEndsWithItsIssuer() {
    var short_ =
        CertificateAuthority.generate(
            "Short", KeyAlgorithm.P_256, Validity.lasting(Duration.ofDays(10), NOW), RANDOM);
    var leaf = short_.issue(SERVER, KeyAlgorithm.P_256, YEAR).certificate();
    assertEquals(NOW.plus(Duration.ofDays(10)), leaf.getNotAfter().toInstant());
  }

  @Test
  void withoutEndMeansTheLastMomentThereIs() {
    var certificate = root(KeyAlgorithm.ED25519).identity().certificate();
    assertEquals(Validity.NO_END, certificate.getNotAfter().toInstant());
    assertEquals(NOW.minus(Validity.BACKDATED), certificate.getNotBefore().toInstant());
  }

  @Test
  void aLongNameIsCutInTheSubjectOnly() throws Exception {
    var name = "a".repeat(60) + ".example.com";
    var leaf =
        root(KeyAlgorithm.P_256)
            .issue(CertificateProfile.EndEntity.server(name), KeyAlgorithm.P_256, YEAR)
            .certificate();
    assertEquals("CN=" + name.substring(0, 64), leaf.getSubjectX500Principal().getName());
    var dnsName = 2;
    assertEquals(List.of(List.of(dnsName, name)), List.copyOf(leaf.getSubjectAlternativeNames()));
  }

  @Test
  void aNameWithCommasStaysOneName() {
    var odd = "a, O=Evil+CN=b";
    var ca =
        CertificateAuthority.generate(odd, KeyAlgorithm.P_256, YEAR, RANDOM)
            .identity()
            .certificate();
    assertEquals(new X500Principal("CN=\"" + odd + "\""), ca.getSubjectX500Principal());
  }

  @Test
  void pkcs12OpensWithTheEmptyPassword() throws Exception {
    var leaf = root(KeyAlgorithm.P_256).issue(SERVER, KeyAlgorithm.P_256, YEAR);
    var store = KeyStore.getInstance("PKCS12");
    store.load(new ByteArrayInputStream(Pkcs12.write(leaf, "me")), new char[0]);
    assertEquals(leaf.key(), store.getKey("me", new char[0]));
    assertEquals(2, store.getCertificateChain("me").length);
  }
}
