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
import javax.net.ssl.X509ExtendedTrustManager;

/// Creates the JDK's TLS contexts with our own authentication of peers.
public final class TlsContext {
  private TlsContext() {}

  /// Decides whether a peer is accepted.
  @FunctionalInterface
  public interface Judge {
    /// Returns normally if the peer is accepted.
    ///
    /// @param chain the peer's certificates, its own first
    /// @throws CertificateException if the peer is not accepted, with the reason
    void judge(List<X509Certificate> chain) throws CertificateException;
  }

  /// Returns a trust manager that leaves the decision about peers to `judge` alone.
  public static X509ExtendedTrustManager trusting(Judge judge) {
    return new ChainTrust(judge);
  }

  /// Returns a context that presents `identity`, if there is one, and leaves the decision about
  /// peers to `judge` alone.
  public static SSLContext of(Optional<Identity> identity, Judge judge) {
    try {
      var context = SSLContext.getInstance("TLSv1.3");
      context.init(
          new KeyManager[] {new OneKey(identity)}, new TrustManager[] {trusting(judge)}, null);
      return context;
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("the JDK has no TLS 1.3", e);
    }
  }
}
