package dev.testudo.shield.supervisor;

import dev.testudo.linux.sys.Fd;
import dev.testudo.linux.sys.SocketAddress.Inet;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/// The program's own socket of a protected listener. It is the very file the program made, so
/// whatever watches it keeps working, but it lies at a hidden loopback address, where only our
/// [Doorbell] connects.
final class PrivateListener {
  private static final int MAX_VISITORS = 65_536;

  private final PublicPort port;
  private Inet address;
  private final long cookie;
  private final Map<Inet, Visitor> visitors = new HashMap<>();
  private boolean listening;

  /// A peer whose connection the program has yet to accept, as the program is to see both ends.
  ///
  /// @param outer the socket to the peer, the relay's
  /// @param vanished wants to know which socket the program gets
  record Visitor(Inet local, Inet peer, Fd outer, Vanished vanished) {}

  PrivateListener(PublicPort port, Inet address, long cookie) {
    this.port = port;
    this.address = address;
    this.cookie = cookie;
  }

  PublicPort port() {
    return port;
  }

  /// Where the program's socket really is.
  Inet address() {
    return address;
  }

  long cookie() {
    return cookie;
  }

  boolean isListening() {
    return listening;
  }

  /// The program's socket listens, at this address: one that was shut down meanwhile has another.
  void startedListening(Inet at) {
    address = at;
    listening = true;
  }

  void stopListening() {
    listening = false;
    visitors.clear();
    port.stopUnlessServed();
  }

  /// The program's socket is gone.
  void release() {
    listening = false;
    visitors.clear();
    port.remove(this);
  }

  /// Announces the connection that will come from `leg`. False when too many have not been
  /// accepted.
  boolean expect(Inet leg, Visitor visitor) {
    return visitors.size() < MAX_VISITORS && visitors.putIfAbsent(leg, visitor) == null;
  }

  void forget(Inet leg) {
    visitors.remove(leg);
  }

  /// Who stands behind a connection from `leg`; empty for one that is not ours.
  Optional<Visitor> admit(Inet leg) {
    return Optional.ofNullable(visitors.remove(leg.canonical()));
  }
}
