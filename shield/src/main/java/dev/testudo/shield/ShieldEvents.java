package dev.testudo.shield;

/// Receives the events of a shield, from several threads and possibly at once.
@FunctionalInterface
public interface ShieldEvents {
  /// Must not block and must not throw: it is called from the threads that serve the program.
  void on(ShieldEvent event);
}
