package dev.testudo.shield.tls;

import dev.testudo.shield.rule.ClientTls;
import dev.testudo.shield.rule.ServerTls;
import java.nio.ByteBuffer;

/// A TLS implementation: makes engines and the memory they work on.
public interface TlsEngines {
  /// The accepting end of a new connection.
  TlsEngine server(ServerTls tls);

  /// The connecting end of a new connection.
  TlsEngine client(ClientTls tls);

  /// A buffer of the kind of memory this implementation is fast on.
  ByteBuffer buffer(int capacity);
}
