package dev.testudo.agent.report;

/// Of which connections is told that they begin and end: there may be thousands in a second.
/// Listeners, refusals and shortages are always told.
public enum Detail {
  /// Of none.
  NO_CONNECTIONS,

  /// Of those that the shield protects.
  PROTECTED_CONNECTIONS,

  /// Of plain ones, too; the shield sees only that they are made.
  ALL_CONNECTIONS
}
