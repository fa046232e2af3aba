package dev.testudo.policy.shield;

/// How the peer of a protected connection is authenticated.
public sealed interface PeerAuth {
  /// By a certificate that one of these authorities has issued.
  record Authorities(ShieldValue pem) implements PeerAuth {}

  /// Not at all.
  record Disabled() implements PeerAuth {}
}
