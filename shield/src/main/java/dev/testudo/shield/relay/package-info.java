/// The data path of protected connections: event loops that carry bytes between the socket to the
/// program and the TLS socket to the peer.
package dev.testudo.shield.relay;
