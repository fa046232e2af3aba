package dev.testudo.policy.session.rule;

import dev.testudo.policy.session.Session;
import dev.testudo.policy.session.Variable;
import dev.testudo.policy.shield.ShieldTemplates;
import dev.testudo.policy.source.Problems;
import dev.testudo.policy.source.Text;
import java.util.LinkedHashMap;
import java.util.Map;

/// Checks the network shield's variables of each service, as far as possible before secrets are
/// inserted.
final class ShieldRulesAreSound {
  private ShieldRulesAreSound() {}

  static void check(Session session, Problems problems) {
    for (var service : session.services()) {
      Map<String, Text> environment = new LinkedHashMap<>();
      for (var variable : service.launch().environment().entrySet()) {
        if (variable.getValue() instanceof Variable.Given(var written, _)) {
          environment.put(variable.getKey(), written);
        }
      }
      ShieldTemplates.check(environment, problems);
    }
  }
}
