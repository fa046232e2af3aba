package dev.testudo.cli.up;

import dev.testudo.cli.exit.CommandFailed;
import dev.testudo.policy.session.ServiceId;
import dev.testudo.trust.channel.JoinTokenOrder;
import dev.testudo.trust.channel.NewJoinToken;
import java.io.IOException;
import java.util.List;

/// Registers the sessions of a mesh.
public interface SessionRegistry {
  /// Registers a session. One that is already stored with the same text stays as it is.
  ///
  /// @throws CommandFailed if CAS refuses it
  void apply(String name, String yaml) throws IOException, CommandFailed;

  /// Creates a join token for a service and revokes its earlier ones.
  ///
  /// @throws CommandFailed if CAS refuses
  NewJoinToken rotateJoinToken(ServiceId service, JoinTokenOrder order)
      throws IOException, CommandFailed;

  /// Returns why CAS refused a request, one reason per line, by the request's id.
  List<String> why(String request) throws IOException;

  /// Connects to a CAS.
  @FunctionalInterface
  interface Connector {
    SessionRegistry connect(RunningCas cas) throws IOException, CommandFailed;
  }
}
