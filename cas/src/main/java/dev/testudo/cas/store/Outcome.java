package dev.testudo.cas.store;

import dev.testudo.cas.audit.AuditEvent;
import java.util.List;

/// The outcome of a transaction: the answer and the audit events. Both are committed
/// together or not at all.
///
/// @param answer the answer for the caller
/// @param events the events, in the order in which they are logged
public record Outcome<R>(R answer, List<AuditEvent> events) {
  /// Copies the events.
  public Outcome {
    events = List.copyOf(events);
  }

  /// Returns an outcome with one event.
  public static <R> Outcome<R> of(R answer, AuditEvent event) {
    return new Outcome<>(answer, List.of(event));
  }

  /// Returns an outcome without events.
  public static <R> Outcome<R> unlogged(R answer) {
    return new Outcome<>(answer, List.of());
  }

  @Override
  public String toString() {
    return "Outcome[%d events]".formatted(events.size());
  }
}
