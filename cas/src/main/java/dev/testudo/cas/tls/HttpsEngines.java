package dev.testudo.cas.tls;

import dev.testudo.trust.pki.Identity;
import java.io.IOException;
import javax.net.ssl.SSLEngine;

/// The server end of TLS 1.3 connections to CAS. The client is asked for a certificate. Any key is
/// accepted, because what a client may do is decided per request; the handshake has then proved
/// that the client has the key. No session is resumed, because that would prove nothing.
public interface HttpsEngines extends AutoCloseable {
  /// The system property that selects the implementation: `boringssl`, `jsse` or `auto`. The
  /// launcher sets it from the variable `TESTUDO_TLS_ENGINE`.
  String PROPERTY = "testudo.tls.engine";

  /// Returns the server's end of a new connection. It must be released.
  SSLEngine engine();

  /// Frees what an engine holds outside the heap. The engine is closed afterwards.
  void release(SSLEngine engine);

  /// Frees what all engines share. Engines that are still open continue.
  @Override
  void close();

  /// Returns the implementation that [#PROPERTY] selects. `auto` is BoringSSL if its native library
  /// loads, and the JDK's otherwise.
  ///
  /// @throws IOException if there is no such implementation, or it cannot be used here
  static HttpsEngines of(Identity identity) throws IOException {
    var wanted = System.getProperty(PROPERTY, "auto");
    var problem = BoringTls.problem();
    return switch (wanted) {
      case "jsse" -> new JdkTls(identity);
      case "", "auto" -> problem.isEmpty() ? new BoringTls(identity) : new JdkTls(identity);
      case "boringssl" -> {
        if (problem.isPresent()) {
          throw new IOException(
              "TESTUDO_TLS_ENGINE is `boringssl`, which cannot be used here: " + problem.get());
        }
        yield new BoringTls(identity);
      }
      default ->
          throw new IOException(
              "TESTUDO_TLS_ENGINE is `%s`; it can be `boringssl`, `jsse` or `auto`"
                  .formatted(wanted));
    };
  }
}
