package dev.testudo.shield.relay;

import dev.testudo.linux.sys.SocketAddress;
import dev.testudo.trust.status.Direction;
import dev.testudo.trust.status.SecuredConnection;
import java.util.Optional;

/// The identity of a connection.
///
/// @param local the shield's end of the TLS leg
/// @param peer the peer's end of the TLS leg
/// @param peerName the first name in the peer's verified certificate
record Link(
    Direction direction,
    String rule,
    SocketAddress local,
    SocketAddress peer,
    Optional<String> peerName) {

  /// Returns this link with the name from the peer's certificate.
  Link named(Optional<String> name) {
    return new Link(direction, rule, local, peer, name);
  }

  /// Returns the public description of this connection, under the number `id`.
  SecuredConnection numbered(long id) {
    return new SecuredConnection(id, direction, rule, peer.toString(), peerName);
  }
}
