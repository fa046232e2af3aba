package dev.testudo.shield.relay;

/// Receives the result of a [Dial] in exactly one call. No call follows once [Dial#cancel()] has
/// returned on the loop's thread. Called on an event loop's thread; must not block.
public interface DialCallback {
  /// Called when the server is the one that the rule requires.
  void authenticated(Established peer);

  /// Called when there is no connection. `errno` is what the program's connect(2) returns: TCP's
  /// own error, or ECONNABORTED because of TLS, a certificate or ALPN. In the second case the relay
  /// has already emitted the `Refused` event.
  void failed(int errno, String reason);
}
