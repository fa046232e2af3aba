package dev.testudo.cas.admission;

/// How well CAS knows a caller, best first. The rank decides who waits for whom,
/// never what is permitted.
public enum Rank {
  /// The caller's key belongs to an owner or attested recently.
  KNOWN(8),
  /// A program at the caller's address attested recently. Agents have a new key each time.
  NEIGHBOUR(4),
  /// The caller's key created a session. Where a namespace is open, everybody can do that.
  CREATOR(2),
  /// None of these.
  STRANGER(1);

  private final int share;

  Rank(int share) {
    this.share = share;
  }

  /// Returns the caller's share: by this factor its costs count less than a stranger's.
  int share() {
    return share;
  }

  /// Returns true if the caller may use the workers and bytes reserved for those who are more than
  /// strangers or creators.
  boolean isTrusted() {
    return this == KNOWN || this == NEIGHBOUR;
  }
}
