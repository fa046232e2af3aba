package dev.testudo.shield.tls;

import dev.testudo.shield.rule.Alpn;
import java.nio.ByteBuffer;
import java.util.Optional;

/// A server's decision on the ALPN protocols of a client. It is made before BoringSSL sees the
/// ClientHello, and compared with what BoringSSL has selected in the end.
final class AlpnGate {
  /// The alert `no_application_protocol` as an unencrypted record.
  private static final byte[] REFUSAL = {21, 3, 3, 0, 2, 2, 120};

  private final String rule;
  private final Alpn alpn;
  private boolean open;

  /// The protocol that must be selected; empty before the decision, and if the client offers none.
  private Optional<String> selected = Optional.empty();

  private boolean trusted;

  AlpnGate(String rule, Alpn alpn) {
    this.rule = rule;
    this.alpn = alpn;
  }

  /// Returns whether the ClientHello was checked and may be passed on.
  boolean open() {
    return open;
  }

  /// Checks the first bytes from the client. Returns false if more bytes are needed.
  boolean look(ByteBuffer net) throws TlsFailure {
    switch (ClientHelloAlpn.in(net)) {
      case ClientHelloAlpn.Incomplete() -> {}
      // BoringSSL will report what is wrong with it.
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

  /// Returns the record to send to a client that [#look] has refused.
  static byte[] refusal() {
    return REFUSAL.clone();
  }

  /// Returns whether BoringSSL selected the decided protocol.
  boolean agrees(String selectedInTheEnd) {
    return trusted && selected.orElse("").equals(selectedInTheEnd);
  }
}
