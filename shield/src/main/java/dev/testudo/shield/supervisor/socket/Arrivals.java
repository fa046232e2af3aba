package dev.testudo.shield.supervisor.socket;

/// The connections for the program and the calls that wait for one, as the state of a listening
/// socket refers to them.
public interface Arrivals {
  /// Closes the duplicate of the listening socket unless a call waits.
  void restIfIdle();

  /// Called when the program has closed the socket.
  void close();
}
