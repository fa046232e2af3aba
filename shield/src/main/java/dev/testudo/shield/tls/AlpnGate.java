package dev.testudo.shield.tls;

import dev.testudo.shield.rule.Alpn;
import java.nio.ByteBuffer;
import java.util.Optional;

/// A server's decision on the ALPN protocols of a client, made before BoringSSL sees the
/// ClientHello, and held against what BoringSSL selected in the end.
final class AlpnGate {
  /// The alert `no_application_protocol` as a record: nothing is encrypted yet.
  private static final byte[] REFUSAL = {21, 3, 3, 0, 2, 2, 120};

  private final String rule;
  private final Alpn alpn;
  private boolean open;

  /// What must be selected; empty until decided, and with a client that offers nothing.
  private Optional<String> selected = Optional.empty();

  private boolean trusted;

  AlpnGate(String rule, Alpn alpn) {
    this.rule = rule;
    this.alpn = alpn;
  }

  /// Whether the ClientHello has been looked at and may pass.
  boolean open() {
    return open;
  }

  /// Looks at the first bytes of the client; false when there are too few of them.
  boolean look(ByteBuffer net) throws TlsFailure {
    switch (ClientHelloAlpn.in(net)) {
      case ClientHelloAlpn.Incomplete() -> {}
      // BoringSSL finds out what is wrong with it.
      case ClientHelloAlpn.Malformed() -> open = true;
      case ClientHelloAlpn.Offered(var protocols) -> {
        open = true;
        trusted = true;
        if (!protocols.isEmpty()) {
          choose(AlpnChoice.of(protocols, rule, alpn));
        }
      }
    }
    return open;
  }

  private void choose(AlpnChoice choice) throws TlsFailure {
    selected =
        switch (choice) {
          case AlpnChoice.Accept(var protocol) -> Optional.of(protocol);
          case AlpnChoice.Refuse(var reason) ->
              throw new TlsFailure(Alerts.withAlert(reason, "no_application_protocol"));
        };
  }

  /// What the client is told after [#look] has refused it.
  static byte[] refusal() {
    return REFUSAL.clone();
  }

  /// Whether BoringSSL selected what was decided.
  boolean agrees(String selectedInTheEnd) {
    return trusted && selected.orElse("").equals(selectedInTheEnd);
  }
}
