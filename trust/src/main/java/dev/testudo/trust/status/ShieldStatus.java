package dev.testudo.trust.status;

import dev.testudo.policy.shield.EffectivePolicy;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/// The status of a running shield at one moment. Contains no payload, key or certificate.
///
/// @param shielded the shield and its program
/// @param policy the policy in effect
/// @param listening where the program listens
/// @param connections the open and ended connections
/// @param refusals the refusals
public record ShieldStatus(
    Shielded shielded,
    EffectivePolicy policy,
    List<Listening> listening,
    Connections connections,
    Refusals refusals) {

  /// The most entries of one kind in one document.
  public static final int MOST = 1000;

  /// Copies the list.
  public ShieldStatus {
    listening = List.copyOf(listening);
  }

  /// A shield and its program.
  ///
  /// @param pid the process id of the shield
  /// @param programPid the process id of the program, as the shield sees it
  /// @param pidNamespace the PID namespace of both ids as `/proc/self/ns/pid` names it
  ///     (namespaces(7)); empty if it is not visible
  /// @param program the path of the program
  /// @param service its name in a mesh; empty outside a mesh
  /// @param since when the program was started
  public record Shielded(
      long pid,
      long programPid,
      Optional<String> pidNamespace,
      String program,
      Optional<String> service,
      Instant since) {}

  /// The connections of the program.
  ///
  /// @param open the number of open protected connections
  /// @param oldest the oldest of them, at most [#MOST]
  /// @param passed the number of plain connections allowed so far
  /// @param ended the latest protected connections that have ended, oldest first
  public record Connections(long open, List<Connection> oldest, long passed, List<Ended> ended) {
    /// No connections so far.
    public static final Connections NONE = new Connections(0, List.of(), 0, List.of());

    /// Copies the lists.
    public Connections {
      oldest = List.copyOf(oldest);
      ended = List.copyOf(ended);
    }
  }

  /// The refusals of the shield.
  ///
  /// @param total the number of refusals
  /// @param last the latest kinds of refusals, oldest first
  public record Refusals(long total, List<Refusal> last) {
    /// No refusals so far.
    public static final Refusals NONE = new Refusals(0, List.of());

    /// Copies the list.
    public Refusals {
      last = List.copyOf(last);
    }
  }

  /// A port or path at which the program accepts connections.
  ///
  /// @param rule the rule that applied; empty for the default mode
  public record Listening(String rule, String address, boolean secured) {}

  /// An open protected connection.
  ///
  /// @param tls version, cipher suite, key exchange and protocol, as text for people
  public record Connection(
      SecuredConnection connection, Traffic traffic, Instant since, String tls) {}

  /// A protected connection that has ended.
  public record Ended(SecuredConnection connection, Traffic traffic, Instant at, String reason) {}

  /// One or more refusals of the same operation for the same reason.
  ///
  /// @param operation the system call, or the side of a handshake: `accept`, `connect`
  /// @param rule the rule that applied; empty for the default mode
  /// @param reason one clause, with the TLS alert if one was sent
  public record Refusal(
      String operation,
      String target,
      String rule,
      String reason,
      long count,
      Instant first,
      Instant last) {}
}
