package dev.testudo.policy.shield;

/// `SCONE_NETWORK_SHIELD_UNSUPPORTED_PROTOCOLS`: what happens to UDP, raw sockets and the like.
public enum UnsupportedProtocols {
  /// They pass untouched.
  UNPROTECTED,
  /// The program cannot use them.
  REFUSE
}
