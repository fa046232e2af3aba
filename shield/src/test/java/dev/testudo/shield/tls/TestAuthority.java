package dev.testudo.shield.tls;

import dev.testudo.shield.rule.PeerTrust;
import dev.testudo.trust.pki.CertificateAuthority;
import dev.testudo.trust.pki.CertificateProfile.EndEntity;
import dev.testudo.trust.pki.Certificates;
import dev.testudo.trust.pki.Identity;
import dev.testudo.trust.pki.KeyAlgorithm;
import dev.testudo.trust.pki.Pem;
import dev.testudo.trust.pki.Validity;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/// An authority of a test and what it issues.
public final class TestAuthority {
  private static final SecureRandom RANDOM = new SecureRandom();
  private final CertificateAuthority authority;

  public TestAuthority(String name) {
    authority = CertificateAuthority.generate(name, KeyAlgorithm.P_256, week(), RANDOM);
  }

  public static Validity week() {
    return Validity.lasting(Duration.ofDays(7), Instant.now());
  }

  /// Ended a day ago.
  public static Validity past() {
    var now = Instant.now();
    return new Validity(now.minus(Duration.ofDays(9)), now.minus(Duration.ofDays(1)));
  }

  public CertificateAuthority authority() {
    return authority;
  }

  public PeerTrust trust() {
    return new PeerTrust.IssuedBy(List.of(authority.identity().certificate()));
  }

  /// For both ends, without extended key usage.
  public Identity issue(String... dns) {
    return issue(profile(dns), KeyAlgorithm.P_256, week());
  }

  public Identity issue(EndEntity profile, KeyAlgorithm algorithm, Validity validity) {
    var issued = authority.issue(profile, algorithm, validity);
    return new Identity(issued.key(), issued.certificate(), List.of());
  }

  public static EndEntity profile(String... dns) {
    var named = EndEntity.server(dns);
    return new EndEntity(named.commonName(), named.names(), Optional.empty());
  }

  /// The authority's certificate as PEM.
  public String pem() {
    return Certificates.toPem(List.of(authority.identity().certificate()));
  }

  /// Certificate and key in one PEM text, as openssl takes it.
  public static String pem(Identity identity) {
    return Certificates.toPem(List.of(identity.certificate()))
        + Pem.write("PRIVATE KEY", identity.key().getEncoded());
  }

  public static String file(Path directory, String name, String content) {
    try {
      return Files.writeString(directory.resolve(name), content).toString();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
