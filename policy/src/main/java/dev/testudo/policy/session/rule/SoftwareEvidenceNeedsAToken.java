package dev.testudo.policy.session.rule;

import dev.testudo.policy.evidence.Isolation;
import dev.testudo.policy.session.AttestationRule;
import dev.testudo.policy.session.OpenPlace.Area;
import dev.testudo.policy.session.Service;
import dev.testudo.policy.session.Session;
import dev.testudo.policy.source.Diagnostic;
import dev.testudo.policy.source.DiagnosticId;
import dev.testudo.policy.source.Problems;

/// Checks that software evidence counts only together with a token, because anybody can
/// claim a measurement. Either the session has an access token, or each attestation rule
/// requires a join token.
final class SoftwareEvidenceNeedsAToken {
  private SoftwareEvidenceNeedsAToken() {}

  static void check(Session session, Problems problems) {
    var security = session.security();
    if (!security.acceptsSoftwareEvidence()
        || security.accessToken().isPresent()
        || session.isOpen(Area.SECURITY)) {
      return;
    }
    for (var service : session.services()) {
      for (var rule : service.requirements().rules()) {
        if (!rule.joinToken() && rule.kinds().contains(Isolation.SOFTWARE)) {
          problems.add(missing(session, service, rule));
        }
      }
    }
  }

  private static Diagnostic missing(Session session, Service service, AttestationRule rule) {
    return Diagnostic.error(
            DiagnosticId.SOFTWARE_EVIDENCE_WITHOUT_TOKEN,
            rule.span(),
            "service `%s` tolerates software evidence without a token".formatted(service.name()))
        .labelled("anybody can claim a measurement")
        .helped("write `attestation: [{mrenclave: …, join_token: required}]`")
        .helped(
            "CAS makes the tokens: `testudo token create %s/%s`"
                .formatted(session.name(), service.name()));
  }
}
