package dev.testudo.shield.relay;

import dev.testudo.linux.sys.SocketAddress;
import java.util.Optional;

/// Which connection something is about.
///
/// @param inbound whether the peer connected to us
/// @param local our end of the TLS leg
/// @param peer the peer's end of it
/// @param peerName the first name in the peer's verified certificate
record Link(
    boolean inbound,
    String rule,
    SocketAddress local,
    SocketAddress peer,
    Optional<String> peerName) {

  /// The same connection, now that the peer has shown its certificate.
  Link named(Optional<String> name) {
    return new Link(inbound, rule, local, peer, name);
  }
}
