package dev.testudo.trust.jsse;

import java.net.Socket;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.util.List;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.X509ExtendedTrustManager;

/// Passes the peer's certificates to one judge, whichever of its methods JSSE calls. It extends the
/// engine-aware class so that the JDK adds no checks of names.
final class ChainTrust extends X509ExtendedTrustManager {
  private final TlsContext.Judge judge;

  /// Creates a trust manager that treats servers and clients alike.
  ChainTrust(TlsContext.Judge judge) {
    this.judge = judge;
  }

  private void check(X509Certificate[] chain) throws CertificateException {
    judge.judge(List.of(chain));
  }

  @Override
  public void checkClientTrusted(X509Certificate[] chain, String authType, SSLEngine engine)
      throws CertificateException {
    check(chain);
  }

  @Override
  public void checkServerTrusted(X509Certificate[] chain, String authType, SSLEngine engine)
      throws CertificateException {
    check(chain);
  }

  @Override
  public void checkClientTrusted(X509Certificate[] chain, String authType, Socket socket)
      throws CertificateException {
    check(chain);
  }

  @Override
  public void checkServerTrusted(X509Certificate[] chain, String authType, Socket socket)
      throws CertificateException {
    check(chain);
  }

  @Override
  public void checkClientTrusted(X509Certificate[] chain, String authType)
      throws CertificateException {
    check(chain);
  }

  @Override
  public void checkServerTrusted(X509Certificate[] chain, String authType)
      throws CertificateException {
    check(chain);
  }

  /// Returns no issuers, so that the handshake sends no list of authorities. A peer then
  /// presents the certificate that it has, and the refusal can say what is wrong with it rather
  /// than "no certificate".
  @Override
  public X509Certificate[] getAcceptedIssuers() {
    return new X509Certificate[0];
  }
}
