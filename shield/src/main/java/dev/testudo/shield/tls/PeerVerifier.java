package dev.testudo.shield.tls;

import dev.testudo.shield.rule.ClientTls;
import dev.testudo.shield.rule.PeerTrust;
import dev.testudo.shield.rule.ServerTls;
import java.io.ByteArrayInputStream;
import java.security.GeneralSecurityException;
import java.security.InvalidAlgorithmParameterException;
import java.security.cert.CertPathBuilder;
import java.security.cert.CertPathBuilderException;
import java.security.cert.CertPathValidatorException;
import java.security.cert.CertPathValidatorException.BasicReason;
import java.security.cert.CertStore;
import java.security.cert.CertificateEncodingException;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.CollectionCertStoreParameters;
import java.security.cert.PKIXBuilderParameters;
import java.security.cert.PKIXCertPathBuilderResult;
import java.security.cert.TrustAnchor;
import java.security.cert.X509CertSelector;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Date;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/// Verifies peers' certificates under one rule. It accepts an X.509v3 end-entity certificate that
/// is currently valid, serves the right purpose, contains the expected name, and was issued by an
/// authority of that rule. Each handshake is verified, but a chain that was accepted recently is
/// taken from a [cache][AcceptedPeers].
final class PeerVerifier {
  private static final int DIGITAL_SIGNATURE = 0;

  /// The names that a peer may have.
  ///
  /// @param server the name of the intended server; empty for clients
  /// @param allowed names of which a client's certificate must contain one; empty for any
  private record ExpectedNames(Optional<String> server, List<String> allowed) {}

  private final String rule;
  private final Set<TrustAnchor> anchors;
  private final Purpose purpose;
  private final ExpectedNames expected;
  private final InstantSource clock;
  private final AcceptedPeers accepted = new AcceptedPeers();

  private PeerVerifier(
      String rule,
      PeerTrust.IssuedBy trust,
      Purpose purpose,
      ExpectedNames expected,
      InstantSource clock) {
    this.rule = rule;
    this.anchors =
        trust.authorities().stream()
            .map(authority -> new TrustAnchor(authority, null))
            .collect(Collectors.toUnmodifiableSet());
    this.purpose = purpose;
    this.expected = expected;
    this.clock = clock;
  }

  /// Returns the verifier for the clients of a server rule, or empty if the rule accepts anyone.
  static Optional<PeerVerifier> ofClients(ServerTls tls, InstantSource clock) {
    var clients = tls.clients();
    var names = new ExpectedNames(Optional.empty(), clients.names());
    return of(tls.rule(), clients.trust(), Purpose.CLIENT, names, clock);
  }

  /// Returns the verifier for the server of a client rule, or empty if the rule accepts any.
  static Optional<PeerVerifier> ofServer(ClientTls tls, InstantSource clock) {
    var server = tls.server();
    var names = new ExpectedNames(Optional.of(server.name()), List.of());
    return of(tls.rule(), server.trust(), Purpose.SERVER, names, clock);
  }

  private static Optional<PeerVerifier> of(
      String rule, PeerTrust trust, Purpose purpose, ExpectedNames names, InstantSource clock) {
    return switch (trust) {
      case PeerTrust.Anyone() -> Optional.empty();
      case PeerTrust.IssuedBy issuedBy ->
          Optional.of(new PeerVerifier(rule, issuedBy, purpose, names, clock));
    };
  }

  /// Verifies `chain`, in DER, the peer's own certificate first. Returns the peer's name.
  String judge(byte[][] chain) throws PeerRefused {
    var now = clock.instant();
    var shown = AcceptedPeers.Chain.of(chain);
    var known = accepted.find(shown, now);
    return known.isPresent() ? known.get() : judgeAnew(shown, parse(chain), now);
  }

  /// Verifies a chain that is already parsed. Returns the peer's name.
  String judge(List<X509Certificate> chain) throws PeerRefused {
    var now = clock.instant();
    var shown = AcceptedPeers.Chain.of(encode(chain));
    var known = accepted.find(shown, now);
    return known.isPresent() ? known.get() : judgeAnew(shown, chain, now);
  }

  /// Returns whether `chain` was accepted recently.
  boolean knows(byte[][] chain) {
    return accepted.find(AcceptedPeers.Chain.of(chain), clock.instant()).isPresent();
  }

  /// Returns the number of cached peers.
  int remembered() {
    return accepted.size();
  }

  private String judgeAnew(AcceptedPeers.Chain shown, List<X509Certificate> chain, Instant now)
      throws PeerRefused {
    var leaf = chain.getFirst();
    checkKind(leaf);
    checkDates(leaf, now);
    checkPurpose(leaf);
    // The issuer comes first: names in a certificate that anybody could have made mean nothing.
    var path = path(leaf, chain, now);
    checkAuthority(path, now);
    var names = checkNames(leaf);
    accepted.add(shown, names.first(), now, firstEnd(path));
    return names.first();
  }

  private static List<X509Certificate> parse(byte[][] chain) throws PeerRefused {
    try {
      var factory = CertificateFactory.getInstance("X.509");
      var certificates = new ArrayList<X509Certificate>();
      for (var der : chain) {
        certificates.add(
            (X509Certificate) factory.generateCertificate(new ByteArrayInputStream(der)));
      }
      if (certificates.isEmpty()) {
        throw new CertificateException("the chain is empty");
      }
      return certificates;
    } catch (CertificateException e) {
      throw new PeerRefused("peer certificate cannot be read: " + e.getMessage());
    }
  }

  private static byte[][] encode(List<X509Certificate> chain) throws PeerRefused {
    var encoded = new byte[chain.size()][];
    try {
      for (int i = 0; i < encoded.length; i++) {
        encoded[i] = chain.get(i).getEncoded();
      }
      return encoded;
    } catch (CertificateEncodingException e) {
      throw new PeerRefused("peer certificate cannot be read: " + e.getMessage());
    }
  }

  private static void checkKind(X509Certificate leaf) throws PeerRefused {
    if (leaf.getVersion() != 3) {
      throw new PeerRefused("peer certificate is not X.509v3");
    }
    if (leaf.getBasicConstraints() >= 0) {
      throw new PeerRefused("peer shows an authority's certificate as its own");
    }
  }

  private static void checkDates(X509Certificate certificate, Instant now) throws PeerRefused {
    var end = certificate.getNotAfter().toInstant();
    var start = certificate.getNotBefore().toInstant();
    if (now.isAfter(end)) {
      throw new PeerRefused("peer certificate has expired at " + end, CertificateFault.EXPIRED);
    }
    if (now.isBefore(start)) {
      throw new PeerRefused(
          "peer certificate is not valid before " + start, CertificateFault.NOT_YET_VALID);
    }
  }

  private void checkPurpose(X509Certificate leaf) throws PeerRefused {
    try {
      var extended = leaf.getExtendedKeyUsage();
      if (extended != null && !extended.contains(purpose.oid) && !extended.contains(Purpose.ANY)) {
        throw new PeerRefused(
            "peer certificate is not for this use (extended key usage lacks " + purpose.label + ")",
            CertificateFault.WRONG_USE);
      }
    } catch (java.security.cert.CertificateParsingException _) {
      throw new PeerRefused("extended key usage of the peer certificate cannot be read");
    }
    var usage = leaf.getKeyUsage();
    if (usage != null && !usage[DIGITAL_SIGNATURE]) {
      throw new PeerRefused(
          "peer certificate is not for this use (key usage lacks digitalSignature)",
          CertificateFault.WRONG_USE);
    }
  }

  private SubjectNames checkNames(X509Certificate leaf) throws PeerRefused {
    var names = SubjectNames.of(leaf);
    if (names.isEmpty()) {
      throw new PeerRefused("peer certificate has no subject alternative name");
    }
    var server = expected.server();
    if (server.isPresent() && !names.hold(server.get())) {
      throw new PeerRefused(
          "peer certificate is for %s, rule %s expects %s".formatted(names, rule, server.get()),
          CertificateFault.WRONG_NAME);
    }
    var allowed = expected.allowed();
    if (!allowed.isEmpty() && allowed.stream().noneMatch(names::contain)) {
      throw new PeerRefused(
          "peer certificate is for %s, rule %s admits only %s"
              .formatted(names, rule, String.join(", ", allowed)),
          CertificateFault.WRONG_NAME);
    }
    return names;
  }

  /// Returns the path from the peer's certificate up to its authority's, both included.
  private List<X509Certificate> path(X509Certificate leaf, List<X509Certificate> chain, Instant now)
      throws PeerRefused {
    try {
      var wanted = new X509CertSelector();
      wanted.setCertificate(leaf);
      var parameters = new PKIXBuilderParameters(anchors, wanted);
      parameters.setRevocationEnabled(false); // the rules' authorities publish no revocation lists
      parameters.setDate(Date.from(now));
      parameters.addCertStore(
          CertStore.getInstance("Collection", new CollectionCertStoreParameters(chain)));
      var built = (PKIXCertPathBuilderResult) CertPathBuilder.getInstance("PKIX").build(parameters);
      var path = new ArrayList<X509Certificate>();
      built.getCertPath().getCertificates().forEach(one -> path.add((X509Certificate) one));
      path.add(built.getTrustAnchor().getTrustedCert());
      return path;
    } catch (CertPathBuilderException e) {
      throw notIssued(e);
    } catch (InvalidAlgorithmParameterException e) {
      throw new IllegalStateException(e);
    } catch (GeneralSecurityException e) {
      throw new PeerRefused("peer certificate cannot be checked: " + e.getMessage());
    }
  }

  /// Checks the authority's certificate, because PKIX checks neither its dates nor what it permits
  /// below it.
  private static void checkAuthority(List<X509Certificate> path, Instant now) throws PeerRefused {
    try {
      checkDates(path.getLast(), now);
    } catch (PeerRefused e) {
      throw new PeerRefused(
          "the authority's certificate: " + e.getMessage(), CertificateFault.EXPIRED);
    }
    AuthorityConstraints.check(path.getLast(), path.subList(0, path.size() - 1));
  }

  /// Returns the earliest expiry in the path.
  private static Instant firstEnd(List<X509Certificate> path) {
    return path.stream()
        .map(certificate -> certificate.getNotAfter().toInstant())
        .min(Comparator.naturalOrder())
        .orElseThrow();
  }

  private PeerRefused notIssued(CertPathBuilderException failure) {
    if (failure.getCause() instanceof CertPathValidatorException cause) {
      if (cause.getReason() == BasicReason.EXPIRED) {
        return new PeerRefused(
            "a certificate between the peer's and its authority has expired",
            CertificateFault.EXPIRED);
      }
      if (cause.getReason() == BasicReason.ALGORITHM_CONSTRAINED) {
        return new PeerRefused(
            "peer certificate uses a weak algorithm or key", CertificateFault.WEAK);
      }
    }
    return new PeerRefused(
        "peer certificate is not issued by an authority of rule " + rule,
        CertificateFault.UNKNOWN_AUTHORITY);
  }
}
