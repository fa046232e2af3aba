package dev.testudo.shield.tls;

import java.net.Socket;
import java.security.cert.X509Certificate;
import java.util.List;
import java.util.Optional;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.X509ExtendedTrustManager;

/// [PeerVerifier] as JSSE wants to be given it. Without a verifier everybody passes.
final class JsseTrust extends X509ExtendedTrustManager {
  private final Optional<PeerVerifier> verifier;

  JsseTrust(Optional<PeerVerifier> verifier) {
    this.verifier = verifier;
  }

  private void check(X509Certificate[] chain) throws PeerRefused {
    if (verifier.isPresent()) {
      verifier.get().judge(List.of(chain));
    }
  }

  @Override
  public void checkClientTrusted(X509Certificate[] chain, String authType, SSLEngine engine)
      throws PeerRefused {
    check(chain);
  }

  @Override
  public void checkServerTrusted(X509Certificate[] chain, String authType, SSLEngine engine)
      throws PeerRefused {
    check(chain);
  }

  @Override
  public void checkClientTrusted(X509Certificate[] chain, String authType, Socket socket)
      throws PeerRefused {
    check(chain);
  }

  @Override
  public void checkServerTrusted(X509Certificate[] chain, String authType, Socket socket)
      throws PeerRefused {
    check(chain);
  }

  @Override
  public void checkClientTrusted(X509Certificate[] chain, String authType) throws PeerRefused {
    check(chain);
  }

  @Override
  public void checkServerTrusted(X509Certificate[] chain, String authType) throws PeerRefused {
    check(chain);
  }

  /// Empty, so that no list of authorities is sent: a peer then shows the certificate it has, and
  /// the refusal can say what is wrong with it instead of "no certificate".
  @Override
  public X509Certificate[] getAcceptedIssuers() {
    return new X509Certificate[0];
  }
}
