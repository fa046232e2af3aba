package dev.testudo.trust.jsse;

import java.net.Socket;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.util.List;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.X509ExtendedTrustManager;

/// One judgement of the peer's certificates, however JSSE asks for it. Extending the engine-aware
/// class keeps the JDK from adding checks of names.
final class ChainTrust extends X509ExtendedTrustManager {
  private final TlsContext.Judge judge;

  /// Both servers and clients are judged alike.
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

  /// Empty, so that no list of authorities is sent: a peer then shows the certificate it has, and
  /// the refusal can say what is wrong with it instead of "no certificate".
  @Override
  public X509Certificate[] getAcceptedIssuers() {
    return new X509Certificate[0];
  }
}
