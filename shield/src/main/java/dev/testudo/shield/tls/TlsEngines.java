package dev.testudo.shield.tls;

import dev.testudo.shield.rule.ClientTls;
import dev.testudo.shield.rule.ServerTls;
import java.nio.ByteBuffer;
import java.util.Collection;

/// A TLS implementation: makes engines and the memory they work on.
public interface TlsEngines {
  /// The accepting end of a new connection.
  TlsEngine server(ServerTls tls);

  /// The connecting end of a new connection.
  TlsEngine client(ClientTls tls);

  /// Forgets what was prepared for other terms than these. Running connections go on.
  ///
  /// @param terms [ServerTls] and [ClientTls], compared by identity
  void retain(Collection<?> terms);

  /// Which library it is.
  TlsLibrary library();

  /// A buffer of the kind of memory this implementation is fast on.
  ByteBuffer buffer(int capacity);
}
