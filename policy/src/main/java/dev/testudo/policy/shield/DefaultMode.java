package dev.testudo.policy.shield;

/// `SCONE_NETWORK_SHIELD`: what happens to connections that match no rule.
public enum DefaultMode {
  /// The shield is off; rules are ignored.
  DISABLED,
  /// They pass unchanged.
  UNPROTECTED,
  /// They are refused.
  PROTECTED
}
