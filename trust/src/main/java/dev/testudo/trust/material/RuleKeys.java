package dev.testudo.trust.material;

import dev.testudo.policy.shield.ClientTreatment;
import dev.testudo.policy.shield.PeerAuth;
import dev.testudo.policy.shield.ServerTreatment;
import dev.testudo.policy.shield.ShieldRules;
import dev.testudo.policy.shield.ShieldValue;
import dev.testudo.policy.source.Diagnostic;
import dev.testudo.policy.source.Problems;
import dev.testudo.trust.pki.Endpoint;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/// Checks the keys and certificates of all rules before anything runs.
public final class RuleKeys {
  private final Problems problems = new Problems();
  private final Instant now;

  private RuleKeys(Instant now) {
    this.now = now;
  }

  /// Returns everything about keys and certificates that would keep a shield with these rules
  /// from starting at `now`.
  public static List<Diagnostic> check(ShieldRules rules, Instant now) {
    var keys = new RuleKeys(now);
    rules.servers().forEach(rule -> keys.check(rule.treatment()));
    rules.clients().forEach(rule -> keys.check(rule.treatment()));
    return keys.problems.found();
  }

  private void check(ServerTreatment treatment) {
    if (treatment instanceof ServerTreatment.Protected secured) {
      check(secured.identity(), secured.clientAuth(), Endpoint.SERVER);
    }
  }

  private void check(ClientTreatment treatment) {
    if (treatment instanceof ClientTreatment.Protected secured) {
      check(secured.identity(), secured.serverAuth(), Endpoint.CLIENT);
    }
  }

  private void check(Optional<ShieldValue> identity, PeerAuth peers, Endpoint endpoint) {
    identity.ifPresent(
        value -> problems.addAll(KeyMaterial.identity(value, endpoint, now).diagnostics()));
    if (peers instanceof PeerAuth.Authorities(var pem)) {
      problems.addAll(KeyMaterial.authorities(pem, now).diagnostics());
    }
  }
}
