package dev.testudo.shield.rule;

/// What the shield does with one listening socket or connection, and which rule says so.
///
/// `rule` is the rule as it was written (`SERVER_1`, `CLIENT_redis`), empty when the default mode
/// decided.
public sealed interface Verdict<T> {
  /// The rule that decided, empty for the default mode.
  String rule();

  /// Bytes pass untouched.
  record Plain<T>(String rule) implements Verdict<T> {}

  /// Bytes travel inside TLS under the terms `tls`.
  record Secured<T>(String rule, T tls) implements Verdict<T> {}

  /// The call fails; nothing is sent. `reason` is for the log.
  record Refused<T>(String rule, String reason) implements Verdict<T> {}
}
