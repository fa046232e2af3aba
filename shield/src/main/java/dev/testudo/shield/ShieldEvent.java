package dev.testudo.shield;

import dev.testudo.linux.sys.SocketAddress;
import dev.testudo.trust.status.SecuredConnection;
import dev.testudo.trust.status.Traffic;
import java.time.Duration;

/// What a shield tells about its work: one event per listener, connection and refusal, never
/// payload. `rule` is the name of the deciding rule, empty where the default mode decided.
@SuppressWarnings("exports") // the agent, our only client, sees linux.sys too
public sealed interface ShieldEvent {
  /// The program listens on `address`; `secured` tells whether peers must speak TLS.
  record Listening(String rule, SocketAddress address, boolean secured) implements ShieldEvent {}

  /// The program made a plain connection, which the shield has nothing more to do with. `operation`
  /// is the system call: `connect`, or `bind` for a Unix socket; `datagram` for either of a socket
  /// whose protocol the shield cannot protect. (A plain TCP listener is a [Listening].)
  record Passed(String operation, SocketAddress target, String rule) implements ShieldEvent {}

  /// A protected connection is authenticated and handed to the program.
  record Opened(SecuredConnection connection) implements ShieldEvent {}

  /// A connection of an [Opened] event has ended.
  record Closed(SecuredConnection connection, Traffic traffic, Duration duration, String reason)
      implements ShieldEvent {}

  /// Something was refused. `operation` is the system call (`connect`, `bind`, `listen`) or the
  /// side of a handshake (`accept`, `dial`); `target` the address or peer; `reason` one clear
  /// clause.
  record Refused(String operation, String target, String rule, String reason)
      implements ShieldEvent {}

  /// The shield has too few descriptors: `what` does not work until some are free again. `reason`
  /// says which limit it is, and what to change.
  record Shortage(String what, String reason) implements ShieldEvent {}
}
