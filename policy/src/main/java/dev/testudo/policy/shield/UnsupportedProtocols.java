package dev.testudo.policy.shield;

/// `SCONE_NETWORK_SHIELD_UNSUPPORTED_PROTOCOLS`: what happens to UDP, raw sockets and other
/// protocols that the shield cannot protect.
public enum UnsupportedProtocols {
  /// They pass unchanged.
  UNPROTECTED,
  /// The program cannot use them.
  REFUSE
}
