package dev.testudo.policy.session;

import dev.testudo.policy.substitution.RuntimeTemplate;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// How a program is started.
///
/// @param command the words of the command line, program name first; empty if the policy leaves the
///     program open, which only a session without attestation may do
/// @param environment all variables that the program sees, in the order written
/// @param workingDirectory empty for the root directory
public record Invocation(
    List<Argument> command, Map<String, Variable> environment, Optional<String> workingDirectory) {
  public Invocation {
    command = List.copyOf(command);
    environment = Collections.unmodifiableMap(new LinkedHashMap<>(environment));
  }

  /// Returns the texts that secrets are inserted into.
  public List<RuntimeTemplate> templates() {
    var all = new ArrayList<RuntimeTemplate>();
    for (var argument : command) {
      if (argument instanceof Argument.Given(var template)) {
        all.add(template);
      }
    }
    for (var variable : environment.values()) {
      if (variable instanceof Variable.Given(_, var template)) {
        all.add(template);
      }
    }
    return all;
  }
}
