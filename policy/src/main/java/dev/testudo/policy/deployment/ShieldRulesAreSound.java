package dev.testudo.policy.deployment;

import dev.testudo.policy.shield.ShieldVariables;
import dev.testudo.policy.source.Problems;
import dev.testudo.policy.source.Text;
import java.util.LinkedHashMap;
import java.util.Map;

/// Checks the shield variables of a service, as far as possible before secrets are inserted. Keys
/// and certificates are checked when the service starts.
final class ShieldRulesAreSound {
  private ShieldRulesAreSound() {}

  static void check(Map<String, Text> environment, Problems problems) {
    Map<String, Text> shield = new LinkedHashMap<>(environment);
    shield.keySet().removeIf(name -> !ShieldVariables.isShieldVariable(name));
    var dependsOnSecrets =
        shield.entrySet().stream()
            .anyMatch(
                variable ->
                    !ShieldVariables.mayHoldKeys(variable.getKey())
                        && variable.getValue().value().contains("$$SCONE::"));
    if (!dependsOnSecrets) {
      problems.addAll(ShieldVariables.readLocated(shield).diagnostics());
    }
  }
}
