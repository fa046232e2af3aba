package dev.testudo.shield.relay;

import dev.testudo.linux.sys.SocketAddress;
import dev.testudo.trust.status.Direction;
import dev.testudo.trust.status.SecuredConnection;
import java.util.Optional;

/// Which connection something is about.
///
/// @param local our end of the TLS leg
/// @param peer the peer's end of it
/// @param peerName the first name in the peer's verified certificate
record Link(
    Direction direction,
    String rule,
    SocketAddress local,
    SocketAddress peer,
    Optional<String> peerName) {

  /// The same connection, now that the peer has shown its certificate.
  Link named(Optional<String> name) {
    return new Link(direction, rule, local, peer, name);
  }

  /// As all others know it, under a number of its own.
  SecuredConnection numbered(long id) {
    return new SecuredConnection(id, direction, rule, peer.toString(), peerName);
  }
}
