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

/// Where protected connections go to and come from: the relay.
public interface SecureSide {
  /// Connects `socket`, which it owns from here on, to `to`, and authenticates the peer; see
  /// `Relays.connect`.
  Dial connect(Fd socket, SocketAddress to, ClientTls tls, DialCallback callback);

  /// Authenticates on a socket that is connected to `to` already, which it owns from here on.
  ///
  /// @param patient whether the server may let us wait for long; see `Relays.authenticate`
  Dial authenticate(
      Fd connected, SocketAddress to, ClientTls tls, boolean patient, DialCallback callback);

  /// Accepts and authenticates on a listening socket, which it owns from here on.
  ///
  /// @param places how many peers may wait for the program
  PublicListener listen(Fd listening, ServerTls tls, Places places, AcceptCallback callback)
      throws ErrnoException;
}
