package dev.testudo.shield.relay;

/// Hears how a [Dial] ended: exactly one call, none after [Dial#cancel()] has returned on the
/// loop's thread. Called on an event loop's thread; must not block.
public interface DialCallback {
  /// The server is who the rule says.
  void authenticated(Established peer);

  /// There is no connection. `errno` is what the program's `connect` reports: the error of TCP as
  /// it was, ECONNABORTED when TLS, a certificate or ALPN is the reason. In the second case the
  /// relay has emitted the `Refused` event already.
  void failed(int errno, String reason);
}
