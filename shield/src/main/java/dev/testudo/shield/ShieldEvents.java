package dev.testudo.shield;

/// Receives the events of a shield. Several threads may call it at once.
@FunctionalInterface
public interface ShieldEvents {
  /// Receives one event. The threads that serve the program call this method, so it must neither
  /// block nor throw.
  void on(ShieldEvent event);
}
