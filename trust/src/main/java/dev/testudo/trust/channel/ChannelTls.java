package dev.testudo.trust.channel;

import dev.testudo.trust.jsse.TlsContext;
import dev.testudo.trust.pki.Identity;
import dev.testudo.trust.pki.KeyHash;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import javax.net.ssl.SSLContext;
import javax.net.ssl.X509ExtendedTrustManager;

/// TLS between CAS and its clients. Both ends are identified by their keys; names, issuers and
/// dates of the certificates are ignored.
public final class ChannelTls {
  private ChannelTls() {}

  /// Returns a context for clients. The server's key must be `pin`; the client presents `me`
  /// if the server asks.
  public static SSLContext client(KeyHash pin, Identity me) {
    return context(me, certificate -> KeyHash.of(certificate).equals(pin));
  }

  /// Returns a context for CAS. It accepts any client key; what the client may do is decided per
  /// request. The handshake has then proved that the client holds the key.
  public static SSLContext server(Identity me) {
    return context(me, _ -> true);
  }

  /// Returns a context for a server that accepts only clients with one of the keys `clients`.
  public static SSLContext server(Identity me, Set<KeyHash> clients) {
    return context(me, certificate -> clients.contains(KeyHash.of(certificate)));
  }

  /// Returns the trust manager of such a server, for other implementations of TLS.
  public static X509ExtendedTrustManager anyKey() {
    return TlsContext.trusting(chain -> check(chain, _ -> true));
  }

  private static SSLContext context(Identity me, Predicate<X509Certificate> trusted) {
    return TlsContext.of(Optional.of(me), chain -> check(chain, trusted));
  }

  private static void check(List<X509Certificate> chain, Predicate<X509Certificate> trusted)
      throws CertificateException {
    if (chain.isEmpty() || !trusted.test(chain.getFirst())) {
      throw new CertificateException("the peer's key is not an expected one");
    }
  }
}
