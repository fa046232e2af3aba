package dev.testudo.shield.relay;

/// Hears of each client that a [PublicListener] let in. Called on an event loop's thread; must
/// not block. Clients that are turned away appear as `Refused` events only.
@FunctionalInterface
public interface AcceptCallback {
  /// The client is who the rule says.
  void authenticated(Established peer);
}
