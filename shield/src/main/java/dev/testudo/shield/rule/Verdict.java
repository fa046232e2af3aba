package dev.testudo.shield.rule;

/// The decision on one listening socket or connection, with the rule that made it.
///
/// `rule` is the rule as written (`SERVER_1`, `CLIENT_redis`), or empty if the default
/// mode decided.
public sealed interface Verdict<T> {
  /// Returns the rule that decided, or empty for the default mode.
  String rule();

  /// Bytes pass unchanged.
  record Plain<T>(String rule) implements Verdict<T> {}

  /// Bytes travel inside TLS under the terms `tls`.
  record Secured<T>(String rule, T tls) implements Verdict<T> {}

  /// The call fails and nothing is sent. `reason` is for the log.
  record Refused<T>(String rule, String reason) implements Verdict<T> {}
}
