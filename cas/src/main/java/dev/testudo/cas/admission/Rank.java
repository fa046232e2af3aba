package dev.testudo.cas.admission;

/// How well CAS knows a caller, best first. It decides who waits for whom, never what is permitted.
public enum Rank {
  /// The caller's key is an owner's, or attested lately.
  KNOWN(8),
  /// Some program attested lately from the caller's address: an agent has a new key each time.
  NEIGHBOUR(4),
  /// The caller's key created a session. Where a namespace is open, everybody can do that.
  CREATOR(2),
  /// None of these.
  STRANGER(1);

  private final int share;

  Rank(int share) {
    this.share = share;
  }

  /// How much such a caller may have cost until it waits as long as a stranger who has cost one.
  int share() {
    return share;
  }

  /// Whether the workers and bytes that are kept from those who own nothing, or nothing but
  /// sessions, are there for it.
  boolean isTrusted() {
    return this == KNOWN || this == NEIGHBOUR;
  }
}
