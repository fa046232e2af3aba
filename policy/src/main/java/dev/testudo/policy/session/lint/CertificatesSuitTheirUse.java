package dev.testudo.policy.session.lint;

import dev.testudo.policy.session.CertificateRequest;
import dev.testudo.policy.session.CertificateRequest.Endpoint;
import dev.testudo.policy.session.SecretDefinition;
import dev.testudo.policy.session.SecretDefinition.Authority;
import dev.testudo.policy.session.SecretDefinition.Certificate;
import dev.testudo.policy.session.SecretDefinition.CertificateMaterial.Issued;
import dev.testudo.policy.session.Session;
import dev.testudo.policy.source.Diagnostic;
import dev.testudo.policy.source.DiagnosticId;
import dev.testudo.policy.source.Problems;
import java.time.Duration;
import java.util.Optional;

/// Finds certificates that clients will not accept: of servers without names, and of a longer
/// validity than their issuer's.
final class CertificatesSuitTheirUse {
  private CertificatesSuitTheirUse() {}

  static void check(Session session, Problems problems) {
    for (var secret : session.secrets()) {
      issued(secret)
          .ifPresent(
              certificate -> {
                checkNames(secret, certificate.profile(), problems);
                checkValidity(secret, certificate, problems);
              });
    }
  }

  private static Optional<Issued> issued(SecretDefinition secret) {
    if (secret instanceof Certificate(_, Issued issued)) {
      return Optional.of(issued);
    }
    return secret instanceof Authority(_, Issued issued) ? Optional.of(issued) : Optional.empty();
  }

  private static void checkNames(
      SecretDefinition secret, CertificateRequest profile, Problems problems) {
    if (profile.endpoint().equals(Optional.of(Endpoint.SERVER))
        && profile.alternativeNames().isEmpty()) {
      problems.add(
          Diagnostic.warning(
                  DiagnosticId.MISSING_ALTERNATIVE_NAME,
                  secret.declaration().span(),
                  "certificate `%s` names no server".formatted(secret.name()))
              .labelled("clients look for `dns` and `san`; it will have its common name only")
              .helped("add `dns: name.of.the.server` or `san: [\"ip:192.0.2.1\"]`"));
    }
  }

  private static void checkValidity(
      SecretDefinition secret, Issued certificate, Problems problems) {
    var issuer = certificate.issuer();
    var limit =
        issuer.flatMap(CertificatesSuitTheirUse::issued).flatMap(i -> i.profile().validFor());
    if (limit.isPresent() && isLonger(certificate.profile().validFor(), limit.get())) {
      problems.add(
          Diagnostic.warning(
                  DiagnosticId.OUTLIVES_ISSUER,
                  secret.declaration().span(),
                  "certificate `%s` outlives its issuer `%s`"
                      .formatted(secret.name(), issuer.orElseThrow().name()))
              .labelled("it is of no use once its issuer has expired")
              .helped("give it a `valid_for` that is not longer than its issuer's"));
    }
  }

  private static boolean isLonger(Optional<Duration> validity, Duration limit) {
    return validity.isEmpty() || validity.get().compareTo(limit) > 0;
  }
}
