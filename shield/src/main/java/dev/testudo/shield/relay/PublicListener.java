package dev.testudo.shield.relay;

/// A public address at which protected connections arrive.
public interface PublicListener extends AutoCloseable {
  /// Stops listening and drops the handshakes in progress. Established connections continue. Safe
  /// to call from any thread.
  @Override
  void close();
}
