package dev.testudo.shield.relay;

/// A connection on its way out: TCP, TLS handshake, verification.
public interface Dial {
  /// Gives up. Does nothing once the callback has been called; from any thread.
  void cancel();
}
