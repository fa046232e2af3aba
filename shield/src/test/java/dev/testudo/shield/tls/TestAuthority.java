package dev.testudo.shield.tls;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.testudo.shield.rule.PeerTrust;
import dev.testudo.trust.pki.CertificateAuthority;
import dev.testudo.trust.pki.CertificateProfile.EndEntity;
import dev.testudo.trust.pki.Certificates;
import dev.testudo.trust.pki.Identity;
import dev.testudo.trust.pki.KeyAlgorithm;
import dev.testudo.trust.pki.Pem;
import dev.testudo.trust.pki.PkiException;
import dev.testudo.trust.pki.Validity;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// A test's authority, and what it issues.
public final class TestAuthority {
  private static final SecureRandom RANDOM = new SecureRandom();
  private final CertificateAuthority authority;

  public TestAuthority(String name) {
    authority = CertificateAuthority.generate(name, KeyAlgorithm.P_256, week(), RANDOM);
  }

  public static Validity week() {
    return Validity.lasting(Duration.ofDays(7), Instant.now());
  }

  /// Returns a validity that ended a day ago.
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

  /// Issues an identity for both ends, without extended key usage.
  public Identity issue(String... dns) {
    return issue(profile(dns), KeyAlgorithm.P_256, week());
  }

  public Identity issue(EndEntity profile, KeyAlgorithm algorithm, Validity validity) {
    var issued = authority.issue(profile, algorithm, validity);
    return new Identity(issued.key(), issued.certificate(), List.of());
  }

  /// Issues a certificate with openssl, with kinds of names that the project's own authorities do
  /// not issue. `subjectAltName` is in the format of openssl's configuration.
  public Identity issueByOpenssl(Path directory, String subjectAltName)
      throws IOException, InterruptedException, PkiException {
    var ca = file(directory, "issuer.pem", pem(authority.identity()));
    var config = file(directory, "req.cnf", "[req]\ndistinguished_name=dn\n[dn]\n");
    var out = directory.resolve("issued.pem");
    var words = new ArrayList<>(List.of("openssl", "req", "-x509", "-batch", "-days", "2"));
    words.addAll(List.of("-config", config, "-CA", ca, "-CAkey", ca, "-subj", "/CN=x"));
    words.addAll(List.of("-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-noenc"));
    words.addAll(List.of("-keyout", out + ".key", "-out", out.toString()));
    words.addAll(List.of("-addext", "basicConstraints=CA:FALSE"));
    words.addAll(List.of("-addext", "subjectAltName=" + subjectAltName));
    var process = new ProcessBuilder(words).redirectErrorStream(true).start();
    var said = new String(process.getInputStream().readAllBytes(), UTF_8);
    if (process.waitFor() != 0) {
      throw new IOException(said);
    }
    var pem = Files.readString(out) + Files.readString(Path.of(out + ".key"));
    return Identity.fromPem(pem);
  }

  public static EndEntity profile(String... dns) {
    var named = EndEntity.server(dns);
    return new EndEntity(named.commonName(), named.names(), Optional.empty());
  }

  /// Returns the authority's certificate as PEM.
  public String pem() {
    return Certificates.toPem(List.of(authority.identity().certificate()));
  }

  /// Returns certificate and key in one PEM text, in the format of openssl.
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
