package dev.testudo.cas.audit;

import java.util.List;

/// What CAS did.
public sealed interface AuditEvent {
  /// CAS began to serve.
  record Started(String version, String keyHash) implements AuditEvent {}

  /// A session was registered or replaced.
  record SessionStored(String session, String hash, long revision, String caller)
      implements AuditEvent {}

  /// A session's text was given out.
  record SessionRead(String session, String hash, String caller) implements AuditEvent {}

  /// A program got its configuration. Each secret is `name@revision`, with its session if it came
  /// from another one.
  record Attested(
      String service,
      String sessionHash,
      String evidence,
      String measurement,
      boolean hardwareAttested,
      List<String> secrets)
      implements AuditEvent {
    /// Copies the list.
    public Attested {
      secrets = List.copyOf(secrets);
    }
  }

  /// Somebody was refused.
  record Refused(String action, String subject, String caller, String reason)
      implements AuditEvent {}
}
