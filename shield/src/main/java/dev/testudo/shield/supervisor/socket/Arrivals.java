package dev.testudo.shield.supervisor.socket;

/// Connections on their way to the program, and calls that wait for one, as the state of the
/// listening socket knows them.
public interface Arrivals {
  /// Lets go of the listening socket unless a call waits.
  void restIfIdle();

  /// The program's socket is gone.
  void close();
}
