package dev.testudo.shield.relay;

/// Receives the clients that a [PublicListener] has authenticated. Called on an event loop's
/// thread; must not block. A refused client only causes a `Refused` event.
@FunctionalInterface
public interface AcceptCallback {
  /// Called when the client is one that the rule permits.
  void authenticated(Established peer);
}
