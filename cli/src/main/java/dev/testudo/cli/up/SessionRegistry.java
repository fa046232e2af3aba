package dev.testudo.cli.up;

import dev.testudo.cli.exit.CommandFailed;
import dev.testudo.policy.session.ServiceId;
import dev.testudo.trust.channel.JoinTokenOrder;
import dev.testudo.trust.channel.NewJoinToken;
import java.io.IOException;
import java.util.List;

/// Where the sessions of a mesh are registered.
public interface SessionRegistry {
  /// Registers session `name`; one that is there already, word for word, stays as it is.
  ///
  /// @throws CommandFailed if CAS refuses it
  void apply(String name, String yaml) throws IOException, CommandFailed;

  /// A new join token for a service; those that it had before are revoked.
  ///
  /// @throws CommandFailed if CAS refuses
  NewJoinToken rotateJoinToken(ServiceId service, JoinTokenOrder order)
      throws IOException, CommandFailed;

  /// Why CAS refused the request of that name, one line for each thing.
  List<String> why(String request) throws IOException;

  /// Connects to a CAS.
  @FunctionalInterface
  interface Connector {
    SessionRegistry connect(RunningCas cas) throws IOException, CommandFailed;
  }
}
