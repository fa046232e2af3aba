package dev.testudo.policy.shield;

/// `SCONE_NETWORK_SHIELD`: what happens to connections that no rule names.
public enum DefaultMode {
  /// The shield is off; rules are ignored.
  DISABLED,
  /// They pass untouched.
  UNPROTECTED,
  /// They are refused.
  PROTECTED
}
