package dev.testudo.trust.status;

/// The direction of a connection.
public enum Direction {
  /// The peer connected to the program.
  INBOUND,
  /// The program connected to the peer.
  OUTBOUND
}
