package dev.testudo.cli.process;

import dev.testudo.trust.secret.Secret;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// A process to start.
///
/// @param command program and arguments; secrets never belong here
/// @param environment the whole environment of the process, nothing is inherited
/// @param directory where it starts
/// @param firstLine what is written to its standard input first, as one line; a place for a secret,
///     because nobody else reads it there
public record ChildSpec(
    List<String> command,
    Map<String, String> environment,
    Path directory,
    Optional<Secret> firstLine) {
  public ChildSpec {
    command = List.copyOf(command);
    environment = Map.copyOf(environment);
  }

  /// A process that nothing is written to.
  public ChildSpec(List<String> command, Map<String, String> environment, Path directory) {
    this(command, environment, directory, Optional.empty());
  }

  /// Shows no values of the environment.
  @Override
  public String toString() {
    return "ChildSpec" + command;
  }
}
