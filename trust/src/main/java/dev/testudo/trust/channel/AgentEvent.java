package dev.testudo.trust.channel;

import dev.testudo.trust.attest.evidence.Measurement;
import dev.testudo.trust.status.SecuredConnection;
import dev.testudo.trust.status.Traffic;
import java.util.List;
import java.util.Optional;

/// An event that an agent reports to the process that started it.
public sealed interface AgentEvent {
  /// CAS accepted the evidence.
  record Attested(String evidenceKind, Measurement measurement) implements AgentEvent {}

  /// The program runs.
  record Started(long pid, String program) implements AgentEvent {}

  /// The program listens at `address` (`ip:port` or a path) in `mode`.
  record Listening(String rule, String address, String mode) implements AgentEvent {}

  /// A connection is open and can carry bytes.
  record Opened(SecuredConnection connection) implements AgentEvent {}

  /// A connection has ended.
  record Closed(SecuredConnection connection, Traffic traffic, long millis, String reason)
      implements AgentEvent {}

  /// The shield refused an operation of the program or of a peer. `rule` is empty if the
  /// default mode applied.
  record Refused(String operation, String target, String rule, String reason)
      implements AgentEvent {}

  /// The service got new values from CAS while it runs.
  ///
  /// @param changes what is new, for people to read: `identity of rule SERVER_1`
  record Renewed(List<String> changes) implements AgentEvent {
    /// Copies the list.
    public Renewed {
      changes = List.copyOf(changes);
    }
  }

  /// The service did not get new values from CAS. The agent asks again.
  ///
  /// @param request the id of the request that CAS refused, if that is the reason
  /// @param secondsLeft the time until the first of the present values ends; 0 if it has ended
  record NotRenewed(String reason, Optional<String> request, long secondsLeft)
      implements AgentEvent {}

  /// The program has ended. The code is 128 plus the number of the signal if a signal ended it.
  record Exited(int code) implements AgentEvent {}

  /// The agent has failed and ends.
  ///
  /// @param request the id of the request that CAS refused, if that is the reason
  record Failed(String message, Optional<String> request) implements AgentEvent {
    /// Creates an event for a failure that is not a refusal by CAS.
    public Failed(String message) {
      this(message, Optional.empty());
    }
  }
}
