package dev.testudo.trust.status;

import dev.testudo.policy.shield.EffectivePolicy;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/// A running shield at one moment. Holds no payload, key or certificate.
///
/// @param shielded who shields whom
/// @param policy what is allowed
/// @param listening where the program listens
/// @param connections what is and was carried
/// @param refusals what was refused
public record ShieldStatus(
    Shielded shielded,
    EffectivePolicy policy,
    List<Listening> listening,
    Connections connections,
    Refusals refusals) {

  /// Most connections and other entries of one kind in one document.
  public static final int MOST = 1000;

  /// Copies the list.
  public ShieldStatus {
    listening = List.copyOf(listening);
  }

  /// The process that shields, and the program that it shields.
  ///
  /// @param pid the process that shields
  /// @param programPid the process that is shielded, as the shielding one sees it
  /// @param pidNamespace the PID namespace that both pids are of, as `/proc/self/ns/pid` names it
  ///     (namespaces(7)); empty if it cannot be seen
  /// @param program the path of the program
  /// @param service its name in a mesh; empty outside of one
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
  /// @param open how many protected connections there are
  /// @param oldest the oldest of them, at most [#MOST]
  /// @param passed how many plain connections were allowed so far
  /// @param ended the last protected connections that have ended, oldest first
  public record Connections(long open, List<Connection> oldest, long passed, List<Ended> ended) {
    /// None so far.
    public static final Connections NONE = new Connections(0, List.of(), 0, List.of());

    /// Copies the lists.
    public Connections {
      oldest = List.copyOf(oldest);
      ended = List.copyOf(ended);
    }
  }

  /// What the shield refused.
  ///
  /// @param total how many refusals there were
  /// @param last the last kinds of refusals, oldest first
  public record Refusals(long total, List<Refusal> last) {
    /// None so far.
    public static final Refusals NONE = new Refusals(0, List.of());

    /// Copies the list.
    public Refusals {
      last = List.copyOf(last);
    }
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
