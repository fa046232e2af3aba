package dev.testudo.trust.channel;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// What a program is started with. Arguments and environment contain secrets, so the text form
/// shows names only.
///
/// @param arguments the command line; the first word names the program; empty if the policy leaves
///     the program open
/// @param environment the whole environment of the program
/// @param workingDirectory the working directory; empty for `/`
public record ProgramStart(
    List<String> arguments, Map<String, String> environment, Optional<String> workingDirectory) {
  /// Copies the collections.
  public ProgramStart {
    arguments = List.copyOf(arguments);
    environment = Collections.unmodifiableMap(new LinkedHashMap<>(environment));
  }

  @Override
  public String toString() {
    return "ProgramStart[%d arguments, environment %s]"
        .formatted(arguments.size(), environment.keySet());
  }
}
