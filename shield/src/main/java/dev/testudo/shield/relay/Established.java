package dev.testudo.shield.relay;

import dev.testudo.linux.sys.Fd;
import dev.testudo.linux.sys.SocketAddress;
import java.util.Optional;

/// An authenticated TLS connection that waits for the program's leg. Nothing of the peer's data
/// has been decrypted yet. Exactly one of [#start(Fd)] and [#abandon(String)] must follow, within
/// [RelayLimits#handshakeTime()]; afterwards the connection closes by itself. Both may be called
/// from any thread.
public interface Established {
  /// Our end of the TLS leg.
  SocketAddress localAddress();

  /// The peer's end of the TLS leg.
  SocketAddress peerAddress();

  /// The first name in the peer's certificate; empty when it showed none.
  Optional<String> peerName();

  /// The socket to the peer, for [Fd#whileOpen]: it stays the relay's.
  Fd socket();

  /// Begins to carry bytes. `localLeg` is a connected socket whose other end is the program's;
  /// the relay owns it from here on, makes it non-blocking, and closes it in every case.
  ///
  /// @param vanished hears, on the relay's thread, that the peer does not answer any more
  /// (`ETIMEDOUT` and the like). From then on `localLeg` is silent; it is reset ten seconds later
  void start(Fd localLeg, Runnable vanished);

  /// The same where nobody wants to hear of it: then `localLeg` is reset at once.
  default void start(Fd localLeg) {
    start(localLeg, NOBODY);
  }

  /// Hears nothing.
  Runnable NOBODY = () -> {};

  /// An inbound connection that was started has been accepted by the program, or the listener is
  /// gone: gives its place of [Places] back. More calls do nothing. From any thread.
  void leaveQueue();

  /// Closes the TLS connection without carrying a byte, and gives its place back. `reason` is for
  /// the log.
  void abandon(String reason);
}
