package dev.testudo.policy.session.rule;

import dev.testudo.policy.session.OpenPlace.Area;
import dev.testudo.policy.session.Security.AttestationMode;
import dev.testudo.policy.session.Session;
import dev.testudo.policy.source.Diagnostic;
import dev.testudo.policy.source.DiagnosticId;
import dev.testudo.policy.source.Problems;

/// Checks that each service says what its evidence must show, unless the session's mode is `none`.
final class ServicesMustAttest {
  private ServicesMustAttest() {}

  static void check(Session session, Problems problems) {
    if (session.security().mode() == AttestationMode.NONE || session.isOpen(Area.SECURITY)) {
      return;
    }
    for (var service : session.services()) {
      if (service.requirements().rules().isEmpty()) {
        problems.add(
            Diagnostic.error(
                    DiagnosticId.MISSING_KEY,
                    service.span(),
                    "service `%s` needs `attestation`".formatted(service.name()))
                .labelled("nothing says what its evidence must show")
                .helped("add `attestation: [{mrenclave: …}]`"));
      }
    }
  }
}
