/// The data path of protected connections: event loops that carry bytes between the program's leg
/// and the TLS leg.
package dev.testudo.shield.relay;
