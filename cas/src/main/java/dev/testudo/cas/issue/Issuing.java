package dev.testudo.cas.issue;

import dev.testudo.cas.issue.SecretValue.CertificateValue;
import dev.testudo.cas.issue.SecretValue.KeyValue;
import dev.testudo.cas.refusal.RefusalId;
import dev.testudo.cas.refusal.Refused;
import dev.testudo.policy.session.JwtRequest;
import dev.testudo.policy.session.SecretDefinition;
import dev.testudo.trust.pki.CertificateAuthority;
import dev.testudo.trust.pki.CertificateProfile;
import dev.testudo.trust.pki.Certificates;
import dev.testudo.trust.pki.Endpoint;
import dev.testudo.trust.pki.Identity;
import dev.testudo.trust.pki.PgpKeys;
import dev.testudo.trust.pki.PkiException;
import dev.testudo.trust.pki.SubjectName;
import dev.testudo.trust.pki.Validity;
import dev.testudo.trust.secret.Secret;
import java.io.IOException;
import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.security.KeyPair;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.SecureRandom;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;

/// Generates the values and certificates that a policy asks for.
final class Issuing {
  /// Letters and digits only: such a password needs no quoting in configuration files.
  private static final String ALPHABET =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";

  /// A certificate is renewed when less than one third of its validity is left.
  private static final int RENEWED_AT = 3;

  private final SecureRandom random;
  private final InstantSource clock;

  Issuing(SecureRandom random, InstantSource clock) {
    this.random = random;
    this.clock = clock;
  }

  StoredSecret.Characters characters(int size) {
    var text = new byte[size];
    for (var i = 0; i < size; i++) {
      text[i] = (byte) ALPHABET.charAt(random.nextInt(ALPHABET.length()));
    }
    return new StoredSecret.Characters(Secret.taking(text));
  }

  StoredSecret.Bytes bytes(int size) {
    var bytes = new byte[size];
    random.nextBytes(bytes);
    return new StoredSecret.Bytes(Secret.taking(bytes));
  }

  StoredSecret.Pgp pgpKey() {
    return new StoredSecret.Pgp(PgpKeys.generate(random, clock.instant()));
  }

  Secret token(JwtRequest request, KeyValue key, SessionSecrets secrets)
      throws Refused, IOException {
    return JwtIssuing.token(request, key, secrets, random, clock.instant());
  }

  /// Everything that determines a certificate.
  ///
  /// @param issuer empty if the certificate is self-signed
  record Order(
      SecretDefinition definition,
      dev.testudo.policy.session.CertificateRequest profile,
      KeyValue key,
      Optional<CertificateValue> issuer) {}

  /// Returns a hash of everything that `order` says. Equal orders have equal hashes, and different
  /// orders have different ones.
  String fingerprint(Order order) {
    try {
      var sha256 = MessageDigest.getInstance("SHA-256");
      var words = new ArrayList<String>();
      words.add(order.definition() instanceof SecretDefinition.Authority ? "x509-ca" : "x509");
      words.add(order.profile().commonName());
      words.add(order.profile().endpoint().map(Enum::name).orElse(""));
      words.add(order.profile().validFor().map(Duration::toString).orElse(""));
      order.profile().alternativeNames().forEach(name -> words.add(name.toString()));
      for (var word : words) {
        sha256.update((word.length() + ":" + word).getBytes(StandardCharsets.UTF_8));
      }
      sha256.update(order.key().publicKey().getEncoded());
      if (order.issuer().isPresent()) {
        sha256.update(Certificates.toDer(order.issuer().get().certificate()));
      }
      return HexFormat.of().formatHex(sha256.digest());
    } catch (NoSuchAlgorithmException e) {
      throw new AssertionError(e);
    }
  }

  /// Returns true if a certificate need not be renewed yet.
  boolean isFresh(X509Certificate certificate) {
    return clock.instant().isBefore(span(certificate).due());
  }

  /// Returns when a certificate has to be renewed, and when it ends. Its validity begins earlier
  /// than it was issued, which does not count.
  static Lifetimes.Span span(X509Certificate certificate) {
    var issued = certificate.getNotBefore().toInstant().plus(Validity.BACKDATED);
    return span(issued, certificate.getNotAfter().toInstant());
  }

  /// Returns when a value that is made anew for each delivery has to be delivered again.
  Lifetimes.Span spanOf(JwtRequest request) {
    var now = clock.instant();
    return span(now, now.plus(request.validFor()));
  }

  private static Lifetimes.Span span(Instant begin, Instant end) {
    var life = Duration.between(begin, end);
    return new Lifetimes.Span(life.isNegative() ? end : end.minus(life.dividedBy(RENEWED_AT)), end);
  }

  StoredSecret.Issued certificate(Order order) throws Refused {
    var now = clock.instant();
    var validity =
        order
            .profile()
            .validFor()
            .map(time -> Validity.lasting(time, now))
            .orElse(Validity.since(now));
    var profile = profile(order);
    var fingerprint = fingerprint(order);
    if (order.issuer().isEmpty()) {
      var keys = new KeyPair(order.key().publicKey(), order.key().key());
      var self = CertificateAuthority.selfSigned(profile, keys, validity, random);
      return new StoredSecret.Issued(fingerprint, self.certificate(), List.of());
    }
    var authority = authority(order, order.issuer().get(), now);
    return new StoredSecret.Issued(
        fingerprint,
        authority.issue(profile, order.key().publicKey(), validity),
        authority.identity().certificates());
  }

  private CertificateAuthority authority(Order order, CertificateValue issuer, Instant now)
      throws Refused {
    var name = order.definition().name();
    if (issuer.key().isEmpty()) {
      throw new Refused(
          RefusalId.SECRET_UNAVAILABLE,
          "certificate `%s` cannot be issued: its issuer's private key is not available"
              .formatted(name));
    }
    if (!issuer.certificate().getNotAfter().toInstant().isAfter(now)) {
      throw new Refused(
          RefusalId.SECRET_UNAVAILABLE,
          "certificate `%s` cannot be issued: its issuer has expired".formatted(name));
    }
    try {
      return new CertificateAuthority(
          new Identity(issuer.key().get(), issuer.certificate(), issuer.chain()), random);
    } catch (PkiException e) {
      throw new Refused(
          RefusalId.SECRET_UNAVAILABLE,
          "certificate `%s` cannot be issued: its issuer is not a certificate authority"
              .formatted(name));
    }
  }

  private static CertificateProfile profile(Order order) {
    var wanted = order.profile();
    if (order.definition() instanceof SecretDefinition.Authority) {
      return new CertificateProfile.Authority(wanted.commonName());
    }
    var names = new ArrayList<SubjectName>();
    for (var name : wanted.alternativeNames()) {
      names.add(
          switch (name) {
            case dev.testudo.policy.session.CertificateRequest.AlternativeName.Dns(var dns) ->
                new SubjectName.Dns(dns);
            case dev.testudo.policy.session.CertificateRequest.AlternativeName.Ip(var ip) ->
                new SubjectName.Ip(InetAddress.ofLiteral(ip));
          });
    }
    if (names.isEmpty()) {
      names.add(fromCommonName(wanted.commonName()));
    }
    return new CertificateProfile.EndEntity(
        wanted.commonName(), names, wanted.endpoint().map(Issuing::endpoint));
  }

  /// Returns the common name as an alternative name. Verifiers ignore the common name, so a
  /// certificate without alternative names gets it as one.
  private static SubjectName fromCommonName(String commonName) {
    try {
      return new SubjectName.Ip(InetAddress.ofLiteral(commonName));
    } catch (IllegalArgumentException e) {
      return new SubjectName.Dns(commonName.replaceAll("[^A-Za-z0-9._*-]", "-"));
    }
  }

  private static Endpoint endpoint(dev.testudo.policy.session.CertificateRequest.Endpoint side) {
    return switch (side) {
      case SERVER -> Endpoint.SERVER;
      case CLIENT -> Endpoint.CLIENT;
    };
  }
}
