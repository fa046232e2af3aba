package dev.testudo.agent.program;

import dev.testudo.policy.shield.ShieldVariables;
import java.util.Map;
import java.util.stream.Collectors;

/// The environment that a program starts with.
public final class ProgramEnvironment {
  private ProgramEnvironment() {}

  /// All of `given` but the shield's variables: they hold its keys, which are none of the program's
  /// business.
  public static Map<String, String> of(Map<String, String> given) {
    return given.entrySet().stream()
        .filter(variable -> !ShieldVariables.isShieldVariable(variable.getKey()))
        .filter(variable -> !variable.getKey().isEmpty())
        .collect(Collectors.toMap(Map.Entry::getKey, Map.Entry::getValue));
  }
}
