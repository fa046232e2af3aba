package dev.testudo.policy.session.lint;

import dev.testudo.policy.session.Session;
import dev.testudo.policy.session.Variable;
import dev.testudo.policy.shield.ShieldVariables;
import dev.testudo.policy.source.Diagnostic;
import dev.testudo.policy.source.DiagnosticId;
import dev.testudo.policy.source.Problems;
import dev.testudo.policy.substitution.SecretKind;
import java.util.Optional;

/// Finds server rules of the network shield that admit everybody, and rules that trust a
/// certificate which is no authority.
final class PeersAreAuthenticated {
  private PeersAreAuthenticated() {}

  static void check(Session session, Problems problems) {
    for (var service : session.services()) {
      service
          .launch()
          .environment()
          .forEach(
              (name, variable) -> {
                if (ShieldVariables.namesAuthorities(name)
                    && variable instanceof Variable.Given given) {
                  check(session, name, given, problems);
                }
              });
    }
  }

  private static void check(
      Session session, String name, Variable.Given variable, Problems problems) {
    // Reading warns of a client rule that trusts any server.
    if (ShieldVariables.meansNobody(variable.written().value()) && name.endsWith("_CLIENT_AUTH")) {
      problems.add(
          Diagnostic.warning(
                  DiagnosticId.UNAUTHENTICATED_PEER,
                  variable.written().span(),
                  "`%s` authenticates no client".formatted(name))
              .labelled("everybody who reaches the port may connect")
              .helped("name the authority of the clients: `$$SCONE::ca:crt$$`"));
    }
    for (var placeholder : variable.template().placeholders()) {
      if (session.kindOf(placeholder.secret()).equals(Optional.of(SecretKind.X509))) {
        problems.add(
            Diagnostic.warning(
                    DiagnosticId.LEAF_AS_AUTHORITY,
                    placeholder.span(),
                    "`%s` is no authority".formatted(placeholder.secret()))
                .labelled("its kind is `x509`")
                .helped("name the `x509-ca` that issues the certificates of the peers"));
      }
    }
  }
}
