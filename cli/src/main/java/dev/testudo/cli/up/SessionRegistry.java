package dev.testudo.cli.up;

import dev.testudo.cli.exit.CommandFailed;
import java.io.IOException;

/// Where the sessions of a mesh are registered.
public interface SessionRegistry {
  /// Registers session `name`; one that is there already, word for word, stays as it is.
  ///
  /// @throws CommandFailed if CAS refuses it
  void apply(String name, String yaml) throws IOException, CommandFailed;

  /// Connects to a CAS.
  @FunctionalInterface
  interface Connector {
    SessionRegistry connect(RunningCas cas) throws IOException, CommandFailed;
  }
}
