package dev.testudo.trust.status;

/// Who connected to whom.
public enum Direction {
  /// The peer to the program.
  INBOUND,
  /// The program to the peer.
  OUTBOUND
}
