package dev.testudo.shield.supervisor.context;

import dev.testudo.linux.sys.ErrnoException;
import dev.testudo.linux.sys.Fd;
import dev.testudo.linux.sys.SocketAddress;
import dev.testudo.shield.relay.AcceptCallback;
import dev.testudo.shield.relay.Dial;
import dev.testudo.shield.relay.DialCallback;
import dev.testudo.shield.relay.Places;
import dev.testudo.shield.relay.PublicListener;
import dev.testudo.shield.rule.ClientTls;
import dev.testudo.shield.rule.ServerTls;

/// The source and destination of protected connections: the relay.
public interface SecureSide {
  /// Connects `socket`, which it owns from here on, to `to`, and authenticates the peer;
  /// see `Relays.connect`.
  Dial connect(Fd socket, SocketAddress to, ClientTls tls, DialCallback callback);

  /// Authenticates the peer of a socket that is already connected to `to`. It owns the socket from
  /// here on.
  ///
  /// @param patient whether the server may stay silent for long; see `Relays.authenticate`
  Dial authenticate(
      Fd connected, SocketAddress to, ClientTls tls, boolean patient, DialCallback callback);

  /// Accepts and authenticates peers on a listening socket, which it owns from here on.
  ///
  /// @param places limits how many peers may wait for the program
  PublicListener listen(Fd listening, ServerTls tls, Places places, AcceptCallback callback)
      throws ErrnoException;
}
