package dev.testudo.trust.status;

import dev.testudo.policy.shield.EffectivePolicy;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/// A running shield at one moment. Holds no payload, key or certificate.
///
/// @param pid the process that shields
/// @param programPid the process that is shielded, as the shielding one sees it
/// @param pidNamespace the PID name space that both pids are of, as `/proc/self/ns/pid` names it
///     (namespaces(7)); absent where it cannot be seen
/// @param program what it runs
/// @param service its name in a mesh; absent outside of one
/// @param since when the program was started
/// @param policy what is allowed
/// @param listening where the program listens
/// @param open how many protected connections there are, of which `connections` are the oldest
/// @param passed how many plain connections were let through so far
/// @param ended protected connections that have ended, the last of them, oldest first
/// @param refused how many refusals there were, of which `refusals` are the last kinds
public record ShieldStatus(
    long pid,
    long programPid,
    Optional<String> pidNamespace,
    String program,
    Optional<String> service,
    Instant since,
    EffectivePolicy policy,
    List<Listening> listening,
    long open,
    List<Connection> connections,
    long passed,
    List<Ended> ended,
    long refused,
    List<Refusal> refusals) {

  /// Most connections and other entries of one kind in one document.
  public static final int MOST = 1000;

  /// Copies the lists.
  public ShieldStatus {
    listening = List.copyOf(listening);
    connections = List.copyOf(connections);
    ended = List.copyOf(ended);
    refusals = List.copyOf(refusals);
  }

  /// A port or path that the program accepts connections at.
  ///
  /// @param rule the deciding rule; empty: the default mode
  public record Listening(String rule, String address, boolean secured) {}

  /// A protected connection that carries bytes.
  ///
  /// @param tls version, cipher suite, key exchange and protocol, for people
  public record Connection(
      SecuredConnection connection, Traffic traffic, Instant since, String tls) {}

  /// A protected connection that carries none any more.
  public record Ended(SecuredConnection connection, Traffic traffic, Instant at, String reason) {}

  /// The same thing refused for the same reason, once or more often.
  ///
  /// @param operation the system call, or the side of a handshake: `accept`, `connect`
  /// @param rule the deciding rule; empty: the default mode
  /// @param reason one clause; names the TLS alert where one was sent
  public record Refusal(
      String operation,
      String target,
      String rule,
      String reason,
      long count,
      Instant first,
      Instant last) {}
}
