package dev.testudo.shield.relay;

/// An outbound connection in progress: TCP connect, TLS handshake, verification.
public interface Dial {
  /// Cancels the attempt. Does nothing after the callback has been called. Safe to call from
  /// any thread.
  void cancel();
}
