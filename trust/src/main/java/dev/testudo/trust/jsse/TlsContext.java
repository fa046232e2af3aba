package dev.testudo.trust.jsse;

import dev.testudo.trust.pki.Identity;
import java.security.GeneralSecurityException;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.util.List;
import java.util.Optional;
import javax.net.ssl.KeyManager;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManager;

/// The JDK's TLS with our own idea of who is who.
public final class TlsContext {
  private TlsContext() {}

  /// Decides about a peer.
  @FunctionalInterface
  public interface Judge {
    /// Returns if the peer with these certificates, its own first, is accepted.
    ///
    /// @throws CertificateException why it is not
    void judge(List<X509Certificate> chain) throws CertificateException;
  }

  /// Shows `identity`, nothing when it is empty, and leaves peers to `judge` alone.
  public static SSLContext of(Optional<Identity> identity, Judge judge) {
    try {
      var context = SSLContext.getInstance("TLSv1.3");
      context.init(
          new KeyManager[] {new OneKey(identity)},
          new TrustManager[] {new ChainTrust(judge)},
          null);
      return context;
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("the JDK has no TLS 1.3", e);
    }
  }
}
