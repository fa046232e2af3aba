package dev.testudo.cli.process;

import dev.testudo.trust.secret.Secret;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// A process to be started.
///
/// @param command program and arguments, never with secrets
/// @param environment the whole environment of the process; nothing is inherited
/// @param directory the working directory
/// @param firstLine the first line of its standard input; suitable for a secret, because no other
///     process can read it there
public record ChildSpec(
    List<String> command,
    Map<String, String> environment,
    Path directory,
    Optional<Secret> firstLine) {
  public ChildSpec {
    command = List.copyOf(command);
    environment = Map.copyOf(environment);
  }

  /// Creates a specification without a first line of input.
  public ChildSpec(List<String> command, Map<String, String> environment, Path directory) {
    this(command, environment, directory, Optional.empty());
  }

  /// Returns the command without the environment, whose values may be confidential.
  @Override
  public String toString() {
    return "ChildSpec" + command;
  }
}
