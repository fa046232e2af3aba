package dev.testudo.trust.channel;

import dev.testudo.trust.attest.evidence.Measurement;
import dev.testudo.trust.status.SecuredConnection;
import dev.testudo.trust.status.Traffic;
import java.util.Optional;

/// What an agent tells whoever started it.
public sealed interface AgentEvent {
  /// CAS accepted the evidence.
  record Attested(String evidenceKind, Measurement measurement) implements AgentEvent {}

  /// The program runs.
  record Started(long pid, String program) implements AgentEvent {}

  /// The program listens at `address` (`ip:port` or a path) in `mode`.
  record Listening(String rule, String address, String mode) implements AgentEvent {}

  /// A connection may carry bytes from now on.
  record Opened(SecuredConnection connection) implements AgentEvent {}

  /// A connection is over.
  record Closed(SecuredConnection connection, Traffic traffic, long millis, String reason)
      implements AgentEvent {}

  /// Something the program or a peer tried was not allowed. `rule` is empty where only the default
  /// mode applied.
  record Refused(String operation, String target, String rule, String reason)
      implements AgentEvent {}

  /// The program ended; 128 + number for a signal.
  record Exited(int code) implements AgentEvent {}

  /// The agent gives up.
  ///
  /// @param request what CAS calls the request that it refused, if that is why
  record Failed(String message, Optional<String> request) implements AgentEvent {
    /// For a reason that CAS knows nothing about.
    public Failed(String message) {
      this(message, Optional.empty());
    }
  }
}
