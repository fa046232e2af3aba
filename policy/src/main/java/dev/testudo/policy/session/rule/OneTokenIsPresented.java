package dev.testudo.policy.session.rule;

import dev.testudo.policy.session.AttestationRule;
import dev.testudo.policy.session.Session;
import dev.testudo.policy.source.Diagnostic;
import dev.testudo.policy.source.DiagnosticId;
import dev.testudo.policy.source.Problems;

/// Checks that a session does not demand two tokens. A service presents one token only, so it could
/// not satisfy both `service_access_token` and `join_token`.
final class OneTokenIsPresented {
  private OneTokenIsPresented() {}

  static void check(Session session, Problems problems) {
    if (session.security().accessToken().isEmpty()) {
      return;
    }
    for (var service : session.services()) {
      service.requirements().rules().stream()
          .filter(AttestationRule::joinToken)
          .map(
              rule ->
                  Diagnostic.error(
                          DiagnosticId.CONFLICTING_KEYS,
                          rule.span(),
                          "`join_token` and `service_access_token` exclude each other")
                      .labelled("service `%s` presents one token".formatted(service.name()))
                      .helped(
                          "remove `service_access_token` from `security`; it is the weaker one"))
          .forEach(problems::add);
    }
  }
}
