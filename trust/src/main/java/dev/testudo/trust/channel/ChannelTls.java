package dev.testudo.trust.channel;

import dev.testudo.trust.pki.Identity;
import dev.testudo.trust.pki.KeyHash;
import java.net.Socket;
import java.security.GeneralSecurityException;
import java.security.Principal;
import java.security.PrivateKey;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.util.function.Predicate;
import javax.net.ssl.KeyManager;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.TrustManager;
import javax.net.ssl.X509ExtendedKeyManager;
import javax.net.ssl.X509ExtendedTrustManager;
import org.jspecify.annotations.Nullable;

/// TLS between CAS and those who speak to it. Both ends are recognised by their keys; names,
/// issuers and dates of the certificates mean nothing here.
public final class ChannelTls {
  private ChannelTls() {}

  /// For a client: the server's key must be `pin`; `me` is shown when the server asks.
  public static SSLContext client(KeyHash pin, Identity me) {
    return context(me, certificate -> KeyHash.of(certificate).equals(pin));
  }

  /// For CAS: any client key is taken, and what it may do is decided per request. TLS itself has
  /// proved by then that the client holds the key.
  public static SSLContext server(Identity me) {
    return context(me, _ -> true);
  }

  private static SSLContext context(Identity me, Predicate<X509Certificate> trusted) {
    try {
      var context = SSLContext.getInstance("TLSv1.3");
      context.init(
          new KeyManager[] {new OneKey(me)}, new TrustManager[] {new ByKey(trusted)}, null);
      return context;
    } catch (GeneralSecurityException e) {
      throw new AssertionError(e);
    }
  }

  /// Trusts by key. Extending the engine-aware class keeps the JDK from adding checks of names.
  private static final class ByKey extends X509ExtendedTrustManager {
    private final Predicate<X509Certificate> trusted;

    ByKey(Predicate<X509Certificate> trusted) {
      this.trusted = trusted;
    }

    private void check(X509Certificate[] chain) throws CertificateException {
      if (chain.length == 0 || !trusted.test(chain[0])) {
        throw new CertificateException("the peer's key is not the pinned one");
      }
    }

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String type)
        throws CertificateException {
      check(chain);
    }

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String type, Socket socket)
        throws CertificateException {
      check(chain);
    }

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String type, SSLEngine engine)
        throws CertificateException {
      check(chain);
    }

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String type)
        throws CertificateException {
      check(chain);
    }

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String type, Socket socket)
        throws CertificateException {
      check(chain);
    }

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String type, SSLEngine engine)
        throws CertificateException {
      check(chain);
    }

    @Override
    public X509Certificate[] getAcceptedIssuers() {
      return new X509Certificate[0];
    }
  }

  /// Shows one key, if the peer understands its algorithm.
  private static final class OneKey extends X509ExtendedKeyManager {
    private static final String ALIAS = "me";
    private final Identity me;

    OneKey(Identity me) {
      this.me = me;
    }

    private @Nullable String alias(@Nullable String... types) {
      for (var type : types) {
        if (me.certificate().getPublicKey().getAlgorithm().equals(type)) {
          return ALIAS;
        }
      }
      return null;
    }

    @Override
    public @Nullable String chooseEngineClientAlias(
        String[] types, Principal @Nullable [] issuers, @Nullable SSLEngine engine) {
      return alias(types);
    }

    @Override
    public @Nullable String chooseEngineServerAlias(
        String type, Principal @Nullable [] issuers, @Nullable SSLEngine engine) {
      return alias(type);
    }

    @Override
    public @Nullable String chooseClientAlias(
        String[] types, Principal @Nullable [] issuers, @Nullable Socket socket) {
      return alias(types);
    }

    @Override
    public @Nullable String chooseServerAlias(
        String type, Principal @Nullable [] issuers, @Nullable Socket socket) {
      return alias(type);
    }

    @Override
    public String[] getClientAliases(String type, Principal @Nullable [] issuers) {
      return new String[] {ALIAS};
    }

    @Override
    public String[] getServerAliases(String type, Principal @Nullable [] issuers) {
      return new String[] {ALIAS};
    }

    @Override
    public X509Certificate[] getCertificateChain(String alias) {
      return me.certificates().toArray(X509Certificate[]::new);
    }

    @Override
    public PrivateKey getPrivateKey(String alias) {
      return me.key();
    }
  }
}
