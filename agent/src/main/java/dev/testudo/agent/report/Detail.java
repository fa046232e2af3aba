package dev.testudo.agent.report;

/// Which connections are reported when they begin and end. There may be thousands in a second.
/// Listeners, refusals and shortages are always reported.
public enum Detail {
  /// None.
  NO_CONNECTIONS,

  /// Those that the shield protects.
  PROTECTED_CONNECTIONS,

  /// Unprotected ones, too, of which the shield sees only the beginning.
  ALL_CONNECTIONS
}
