package dev.testudo.cas.store;

import dev.testudo.cas.audit.AuditEvent;
import java.util.List;

/// What a piece of work came to: its answer, and what of it belongs into the audit log. Both become
/// durable together or not at all.
///
/// @param answer what the caller gets
/// @param events in the order in which they are logged
public record Outcome<R>(R answer, List<AuditEvent> events) {
  /// Copies the events.
  public Outcome {
    events = List.copyOf(events);
  }

  /// An answer that one event tells of.
  public static <R> Outcome<R> of(R answer, AuditEvent event) {
    return new Outcome<>(answer, List.of(event));
  }

  /// An answer that the log does not tell of.
  public static <R> Outcome<R> unlogged(R answer) {
    return new Outcome<>(answer, List.of());
  }

  @Override
  public String toString() {
    return "Outcome[%d events]".formatted(events.size());
  }
}
