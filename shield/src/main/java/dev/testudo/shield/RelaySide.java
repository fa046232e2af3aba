package dev.testudo.shield;

import dev.testudo.linux.sys.ErrnoException;
import dev.testudo.linux.sys.Fd;
import dev.testudo.linux.sys.SocketAddress;
import dev.testudo.shield.relay.AcceptCallback;
import dev.testudo.shield.relay.Dial;
import dev.testudo.shield.relay.DialCallback;
import dev.testudo.shield.relay.Places;
import dev.testudo.shield.relay.PublicListener;
import dev.testudo.shield.relay.Relays;
import dev.testudo.shield.rule.ClientTls;
import dev.testudo.shield.rule.ServerTls;
import dev.testudo.shield.supervisor.context.SecureSide;

/// Connects the supervisor to the relay, which carries the protected connections.
///
/// @param relays the relay
/// @param decisions the source of each rule's current terms
record RelaySide(Relays relays, PolicyDecisions decisions) implements SecureSide {
  @Override
  public Dial connect(Fd socket, SocketAddress to, ClientTls tls, DialCallback callback) {
    return relays.connect(socket, to, tls, callback);
  }

  @Override
  public Dial authenticate(
      Fd connected, SocketAddress to, ClientTls tls, boolean patient, DialCallback callback) {
    return relays.authenticate(connected, to, tls, patient, callback);
  }

  @Override
  public PublicListener listen(Fd listening, ServerTls tls, Places places, AcceptCallback callback)
      throws ErrnoException {
    return relays.listen(listening, () -> decisions.current(tls), places, callback);
  }
}
