package dev.testudo.policy.shield;

/// How the other side of a protected connection is known.
public sealed interface PeerAuth {
  /// By a certificate of one of these authorities.
  record Authorities(ShieldValue pem) implements PeerAuth {}

  /// Not at all.
  record Disabled() implements PeerAuth {}
}
