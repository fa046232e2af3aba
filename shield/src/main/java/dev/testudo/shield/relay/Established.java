package dev.testudo.shield.relay;

import dev.testudo.linux.sys.Fd;
import dev.testudo.linux.sys.SocketAddress;
import java.util.Optional;

/// An authenticated TLS connection that waits for the socket to the program. Nothing that the peer
/// sent has been decrypted yet.
///
/// The caller must call exactly one of [#start(Fd)] and [#abandon(String)] within
/// [RelayLimits#handshakeTime()]. Otherwise the connection closes by itself. Both may be called
/// from any thread.
public interface Established {
  /// Returns the shield's end of the TLS leg.
  SocketAddress localAddress();

  /// Returns the peer's end of the TLS leg.
  SocketAddress peerAddress();

  /// Returns the first name in the peer's certificate, or empty if it showed none.
  Optional<String> peerName();

  /// Returns the socket to the peer, for use with [Fd#whileOpen]. The relay owns it.
  Fd socket();

  /// Starts to carry data. `localLeg` is a connected socket whose other end is the program's. The
  /// relay owns it from here on, makes it non-blocking, and closes it in every case.
  ///
  /// @param vanished called on the relay's thread when the peer no longer answers (`ETIMEDOUT` and
  ///     the like); from then on `localLeg` stays silent, and it is reset ten seconds later
  void start(Fd localLeg, Runnable vanished);

  /// Starts to carry data without a callback. If the peer no longer answers, `localLeg` is reset
  /// at once.
  default void start(Fd localLeg) {
    start(localLeg, NOBODY);
  }

  /// A callback that does nothing.
  Runnable NOBODY = () -> {};

  /// Gives the place in [Places] back, because the program has accepted the inbound connection or
  /// the listener is closed. Further calls have no effect. Safe to call from any thread.
  void leaveQueue();

  /// Closes the TLS connection without carrying data, and gives its place back. `reason` is for
  /// the log.
  void abandon(String reason);
}
