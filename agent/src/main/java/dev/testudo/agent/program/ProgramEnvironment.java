package dev.testudo.agent.program;

import dev.testudo.policy.shield.ShieldVariables;
import java.util.Map;
import java.util.stream.Collectors;

/// The environment with which a program starts.
public final class ProgramEnvironment {
  private ProgramEnvironment() {}

  /// Returns all of `given` except the shield's variables, which contain keys that the program must
  /// not have.
  public static Map<String, String> of(Map<String, String> given) {
    return given.entrySet().stream()
        .filter(variable -> !ShieldVariables.isShieldVariable(variable.getKey()))
        .filter(variable -> !variable.getKey().isEmpty())
        .collect(Collectors.toMap(Map.Entry::getKey, Map.Entry::getValue));
  }
}
