package dev.testudo.shield.tls;

import dev.testudo.shield.rule.ClientTls;
import dev.testudo.shield.rule.ServerTls;
import java.nio.ByteBuffer;
import java.util.Collection;

/// A TLS implementation: creates engines and the buffers for them.
public interface TlsEngines {
  /// Returns the server end of a new connection.
  TlsEngine server(ServerTls tls);

  /// Returns the client end of a new connection.
  TlsEngine client(ClientTls tls);

  /// Frees what was prepared for all other terms. Running connections continue.
  ///
  /// @param terms [ServerTls] and [ClientTls] objects, compared by identity
  void retain(Collection<?> terms);

  /// Returns the library in use.
  TlsLibrary library();

  /// Returns a buffer in the kind of memory that is fast for this implementation.
  ByteBuffer buffer(int capacity);
}
