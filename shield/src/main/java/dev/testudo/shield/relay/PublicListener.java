package dev.testudo.shield.relay;

/// A public address on which protected connections arrive.
public interface PublicListener extends AutoCloseable {
  /// Stops listening and drops handshakes under way. Established connections go on. From any
  /// thread.
  @Override
  void close();
}
