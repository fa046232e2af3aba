package dev.testudo.shield;

import dev.testudo.linux.sys.SocketAddress;
import dev.testudo.trust.status.SecuredConnection;
import dev.testudo.trust.status.Traffic;
import java.time.Duration;

/// An event of a shield: a listener, a connection or a refusal, never payload. `rule` is the name
/// of the rule that decided, or empty if the default mode did.
@SuppressWarnings("exports") // the agent is the only client and also sees linux.sys
public sealed interface ShieldEvent {
  /// The program listens on `address`. `secured` is true if peers must speak TLS.
  record Listening(String rule, SocketAddress address, boolean secured) implements ShieldEvent {}

  /// The program made an unprotected connection, which the shield does not follow any further.
  ///
  /// `operation` is the system call: `connect`, or `bind` for a Unix socket. It is `datagram` for
  /// either call on a socket whose protocol the shield cannot protect. A TCP listener without
  /// protection is a [Listening] event.
  record Passed(String operation, SocketAddress target, String rule) implements ShieldEvent {}

  /// A protected connection was authenticated and handed to the program.
  record Opened(SecuredConnection connection) implements ShieldEvent {}

  /// The connection of an [Opened] event ended.
  record Closed(SecuredConnection connection, Traffic traffic, Duration duration, String reason)
      implements ShieldEvent {}

  /// A call or a peer was refused. `operation` is the system call (`connect`, `bind`, `listen`)
  /// or the side of a handshake (`accept`, `dial`). `target` is the address or peer, `reason`
  /// one clause.
  record Refused(String operation, String target, String rule, String reason)
      implements ShieldEvent {}

  /// The shield ran out of descriptors: `what` does not work until some are free again. `reason`
  /// names the limit and how to raise it.
  record Shortage(String what, String reason) implements ShieldEvent {}
}
