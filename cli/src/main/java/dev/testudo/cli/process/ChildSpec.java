package dev.testudo.cli.process;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/// A process to start.
///
/// @param command program and arguments; secrets never belong here
/// @param environment the whole environment of the process, nothing is inherited
/// @param directory where it starts
public record ChildSpec(List<String> command, Map<String, String> environment, Path directory) {
  public ChildSpec {
    command = List.copyOf(command);
    environment = Map.copyOf(environment);
  }

  /// Shows no values: environments carry access tokens.
  @Override
  public String toString() {
    return "ChildSpec" + command;
  }
}
