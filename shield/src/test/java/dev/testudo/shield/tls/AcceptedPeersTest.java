package dev.testudo.shield.tls;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.testudo.policy.shield.TlsVersion;
import dev.testudo.shield.rule.Alpn;
import dev.testudo.shield.rule.ClientTls;
import dev.testudo.shield.rule.ExpectedClients;
import dev.testudo.shield.rule.ExpectedServer;
import dev.testudo.shield.rule.PeerTrust;
import dev.testudo.shield.rule.ServerTls;
import dev.testudo.trust.pki.CertificateAuthority;
import dev.testudo.trust.pki.CertificateProfile.EndEntity;
import dev.testudo.trust.pki.Identity;
import dev.testudo.trust.pki.KeyAlgorithm;
import dev.testudo.trust.pki.Validity;
import java.security.SecureRandom;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/// The cache of a [PeerVerifier] saves work and never turns a refusal into an acceptance.
class AcceptedPeersTest {
  private static final Instant NOW = Instant.parse("2026-03-01T12:00:00Z");
  private static final Instant LATER = NOW.plus(AcceptedPeers.LONGEST).plusSeconds(1);
  private static final Alpn ALPN = Alpn.tcp(1, List.of());
  private static final SecureRandom RANDOM = new SecureRandom();

  private final CertificateAuthority authority = authority(Duration.ofDays(2));
  private Instant now = NOW;

  private static CertificateAuthority authority(Duration lasting) {
    var validity = new Validity(NOW.minusSeconds(1), NOW.plus(lasting));
    return CertificateAuthority.generate("authority", KeyAlgorithm.P_256, validity, RANDOM);
  }

  private static Identity issue(CertificateAuthority by, Duration lasting, String... names) {
    var profile = new EndEntity("peer", EndEntity.server(names).names(), Optional.empty());
    var validity = new Validity(NOW.minusSeconds(1), NOW.plus(lasting));
    return by.issue(profile, KeyAlgorithm.P_256, validity);
  }

  private static PeerTrust.IssuedBy trust(CertificateAuthority... authorities) {
    return new PeerTrust.IssuedBy(
        List.of(authorities).stream().map(one -> one.identity().certificate()).toList());
  }

  private PeerVerifier ofServer(String name, CertificateAuthority... authorities) {
    var expected = new ExpectedServer(name, trust(authorities));
    var tls = new ClientTls("CLIENT_1", ALPN, Optional.empty(), expected);
    return PeerVerifier.ofServer(tls, () -> now).orElseThrow();
  }

  private static byte[][] shown(X509Certificate... chain) throws Exception {
    var der = new byte[chain.length][];
    for (int i = 0; i < chain.length; i++) {
      der[i] = chain[i].getEncoded();
    }
    return der;
  }

  private static void assertRefused(CertificateFault fault, PeerVerifier verifier, byte[][] chain) {
    var refusal = assertThrows(PeerRefused.class, () -> verifier.judge(chain));
    assertEquals(fault, refusal.fault(), refusal.getMessage());
  }

  @Test
  void aPeerThatComesAgainIsKnownByItsName() throws Exception {
    var verifier = ofServer("db", authority);
    var peer = issue(authority, Duration.ofDays(1), "db", "db.local").certificate();
    for (int i = 0; i < 3; i++) {
      assertEquals("db", verifier.judge(shown(peer)));
      assertEquals("db", verifier.judge(List.of(peer)));
    }
    assertEquals(1, verifier.remembered());
  }

  @Test
  void anAcceptedPeerIsRefusedOnceItsCertificateHasExpired() throws Exception {
    var verifier = ofServer("db", authority);
    var peer = shown(issue(authority, Duration.ofMinutes(1), "db").certificate());
    verifier.judge(peer);
    now = NOW.plus(Duration.ofMinutes(1)).plusSeconds(1);
    assertRefused(CertificateFault.EXPIRED, verifier, peer);
    assertEquals(0, verifier.remembered());
  }

  @Test
  void anAcceptedPeerIsRefusedOnceItsAuthorityHasExpired() throws Exception {
    var brief = authority(Duration.ofMinutes(1));
    var verifier = ofServer("db", brief);
    var peer = shown(issue(brief, Duration.ofMinutes(1), "db").certificate());
    verifier.judge(peer);
    now = NOW.plus(Duration.ofMinutes(1)).plusSeconds(1);
    assertRefused(CertificateFault.EXPIRED, verifier, peer);
  }

  @Test
  void anAcceptedPeerIsRefusedWhenTheClockGoesBackBeforeItsCertificate() throws Exception {
    var verifier = ofServer("db", authority);
    var peer = shown(issue(authority, Duration.ofDays(1), "db").certificate());
    verifier.judge(peer);
    now = NOW.minus(Duration.ofMinutes(2));
    assertRefused(CertificateFault.NOT_YET_VALID, verifier, peer);
  }

  @Test
  void afterAWhileAPeerIsJudgedAnew() throws Exception {
    var peers = new AcceptedPeers();
    var chain = AcceptedPeers.Chain.of(new byte[][] {{1}});
    peers.add(chain, "db", NOW, NOW.plus(Duration.ofDays(1)));
    assertEquals(Optional.of("db"), peers.find(chain, NOW.plus(AcceptedPeers.LONGEST)));
    assertEquals(Optional.empty(), peers.find(chain, LATER));
    assertEquals(Optional.empty(), peers.find(chain, NOW), "it came back");
  }

  @Test
  void newTermsKnowNobody() throws Exception {
    var peer = shown(issue(authority, Duration.ofDays(1), "db").certificate());
    ofServer("db", authority).judge(peer);
    var other = authority(Duration.ofDays(2));
    assertRefused(CertificateFault.UNKNOWN_AUTHORITY, ofServer("db", other), peer);
    assertRefused(CertificateFault.WRONG_NAME, ofServer("web", authority), peer);
  }

  @Test
  void aServerThatIsKnownIsNotTherebyAClient() throws Exception {
    var profile = EndEntity.server("db");
    var validity = new Validity(NOW.minusSeconds(1), NOW.plus(Duration.ofDays(1)));
    var server = authority.issue(profile, KeyAlgorithm.P_256, validity);
    var peer = shown(server.certificate());
    ofServer("db", authority).judge(peer);
    var clients = new ExpectedClients(trust(authority), List.of());
    var tls = new ServerTls("SERVER_1", ALPN, server, clients, TlsVersion.TLS1_3);
    var ofClients = PeerVerifier.ofClients(tls, () -> now).orElseThrow();
    assertRefused(CertificateFault.WRONG_USE, ofClients, peer);
    assertRefused(CertificateFault.WRONG_USE, ofClients, peer);
  }

  @Test
  void aRefusalIsNotRemembered() throws Exception {
    var verifier = ofServer("db", authority);
    var stranger =
        shown(issue(authority(Duration.ofDays(2)), Duration.ofDays(1), "db").certificate());
    assertRefused(CertificateFault.UNKNOWN_AUTHORITY, verifier, stranger);
    assertRefused(CertificateFault.UNKNOWN_AUTHORITY, verifier, stranger);
    assertEquals(0, verifier.remembered());
  }

  @Test
  void theSameBytesCutDifferentlyAreAnotherChain() throws Exception {
    var verifier = ofServer("db", authority);
    var leaf = issue(authority, Duration.ofDays(1), "db").certificate().getEncoded();
    var issuer = authority.identity().certificate().getEncoded();
    verifier.judge(new byte[][] {leaf, issuer});
    var joined = new byte[leaf.length + issuer.length];
    System.arraycopy(leaf, 0, joined, 0, leaf.length);
    System.arraycopy(issuer, 0, joined, leaf.length, issuer.length);
    var one = AcceptedPeers.Chain.of(new byte[][] {joined});
    assertTrue(!one.equals(AcceptedPeers.Chain.of(new byte[][] {leaf, issuer})));
    leaf[leaf.length - 1] ^= 1; // in the signature
    assertRefused(CertificateFault.UNKNOWN_AUTHORITY, verifier, new byte[][] {leaf, issuer});
  }

  @Test
  void onlySoManyAreRemembered() {
    var peers = new AcceptedPeers();
    var end = NOW.plus(Duration.ofDays(1));
    for (int i = 0; i <= AcceptedPeers.MOST; i++) {
      peers.add(chain(i), "peer", NOW, end);
    }
    assertEquals(AcceptedPeers.MOST, peers.size());
    assertEquals(Optional.empty(), peers.find(chain(0), NOW), "the oldest makes room");
    assertEquals(Optional.of("peer"), peers.find(chain(AcceptedPeers.MOST), NOW));
  }

  private static AcceptedPeers.Chain chain(int number) {
    return AcceptedPeers.Chain.of(new byte[][] {Integer.toString(number).getBytes(UTF_8)});
  }
}
