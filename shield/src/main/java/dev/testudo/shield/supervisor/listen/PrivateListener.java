package dev.testudo.shield.supervisor.listen;

import dev.testudo.linux.sys.ErrnoException;
import dev.testudo.linux.sys.Fd;
import dev.testudo.linux.sys.SocketAddress.Inet;
import dev.testudo.linux.sys.SocketDiag;
import dev.testudo.shield.supervisor.connect.Vanished;
import dev.testudo.shield.supervisor.socket.ProtectedListener;
import dev.testudo.shield.supervisor.socket.SocketState;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/// The program's own socket of a protected listener. It is the socket that the program created, so
/// epoll instances that watch it keep working. It is bound to a hidden loopback address, where only
/// the [Doorbell] connects.
public final class PrivateListener implements ProtectedListener {
  private static final int MAX_VISITORS = 65_536;

  private final PublicPort port;
  private Inet address;
  private final long cookie;
  private final Map<Inet, Visitor> visitors = new HashMap<>();
  private boolean listening;
  private int places;

  /// A peer whose connection the program has not accepted yet.
  ///
  /// @param local the address to show to the program as its own
  /// @param peer the address to show as the peer's
  /// @param outer the relay's socket to the peer
  /// @param vanished must be told which socket the program gets
  /// @param leaveQueue gives the peer's place in the accept queue back
  record Visitor(Inet local, Inet peer, Fd outer, Vanished vanished, Runnable leaveQueue) {}

  PrivateListener(PublicPort port, Inet address, long cookie) {
    this.port = port;
    this.address = address;
    this.cookie = cookie;
  }

  /// Returns the listener of a socket, if it has one.
  static Optional<PrivateListener> of(SocketState state) {
    return state
        .listener()
        .filter(PrivateListener.class::isInstance)
        .map(PrivateListener.class::cast);
  }

  @Override
  public boolean isReserved() {
    return !listening;
  }

  @Override
  public boolean exists(SocketDiag diag, long socket) throws ErrnoException {
    return diag.listens(address, socket);
  }

  @Override
  public boolean isAt(int asked) {
    return port.address().port() == asked;
  }

  @Override
  public boolean isAt(String path) {
    return false;
  }

  @Override
  public Optional<Fd> front() {
    return port.socket();
  }

  PublicPort port() {
    return port;
  }

  /// Returns the real address of the program's socket.
  Inet address() {
    return address;
  }

  long cookie() {
    return cookie;
  }

  boolean isListening() {
    return listening;
  }

  /// Returns how many peers may wait here, or 0 while the socket does not listen.
  int places() {
    return listening ? places : 0;
  }

  /// Returns whether another peer may wait here.
  boolean hasRoom() {
    return visitors.size() < places;
  }

  /// Called when the program's socket listens at `at`. After a shutdown(2) it gets a new address.
  ///
  /// @param room how many peers may wait here
  void startedListening(Inet at, int room) {
    address = at;
    listening = true;
    places = room;
  }

  @Override
  public void stopListening() {
    loseVisitors();
    port.stopUnlessServed();
  }

  @Override
  public void release() {
    loseVisitors();
    port.remove(this);
  }

  private void loseVisitors() {
    listening = false;
    visitors.values().forEach(visitor -> visitor.leaveQueue().run());
    visitors.clear();
  }

  /// Announces the connection that will come from `leg`. Returns false if too many connections are
  /// not accepted yet.
  boolean expect(Inet leg, Visitor visitor) {
    return visitors.size() < MAX_VISITORS && visitors.putIfAbsent(leg, visitor) == null;
  }

  void forget(Inet leg) {
    visitors.remove(leg);
  }

  /// Removes and returns the peer behind a connection from `leg`, or empty for a connection that is
  /// not the relay's.
  Optional<Visitor> admit(Inet leg) {
    var visitor = Optional.ofNullable(visitors.remove(leg.canonical()));
    visitor.ifPresent(one -> one.leaveQueue().run());
    return visitor;
  }
}
