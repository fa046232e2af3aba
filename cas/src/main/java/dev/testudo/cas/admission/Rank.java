package dev.testudo.cas.admission;

/// How well CAS knows a caller, best first. It decides who waits for whom, never what is permitted.
public enum Rank {
  /// The caller's key is an owner's, created a session, or attested lately.
  KNOWN,
  /// Some program attested lately from the caller's address: an agent has a new key each time.
  NEIGHBOUR,
  /// None of these.
  STRANGER
}
