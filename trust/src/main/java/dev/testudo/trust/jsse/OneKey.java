package dev.testudo.trust.jsse;

import dev.testudo.trust.pki.Identity;
import java.net.Socket;
import java.security.Principal;
import java.security.PrivateKey;
import java.security.cert.X509Certificate;
import java.util.Optional;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.X509ExtendedKeyManager;
import org.jspecify.annotations.Nullable;

/// Presents one [Identity], whichever authorities the peer accepts. Methods return null where
/// JSSE's contract says so.
final class OneKey extends X509ExtendedKeyManager {
  private static final String ALIAS = "identity";

  private final Optional<Identity> identity;

  /// Creates a key manager. Without an identity it presents no certificate.
  OneKey(Optional<Identity> identity) {
    this.identity = identity;
  }

  private @Nullable String alias(String... keyTypes) {
    for (var type : keyTypes) {
      if (identity.isPresent() && fits(identity.get().key().getAlgorithm(), type)) {
        return ALIAS;
      }
    }
    return null;
  }

  private static boolean fits(String algorithm, String keyType) {
    return switch (algorithm) {
      case "EdDSA", "Ed25519", "Ed448" -> keyType.equals("EdDSA");
      default -> keyType.equals(algorithm);
    };
  }

  @Override
  public @Nullable String chooseEngineClientAlias(
      String[] keyTypes, Principal[] issuers, SSLEngine engine) {
    return alias(keyTypes);
  }

  @Override
  public @Nullable String chooseEngineServerAlias(
      String keyType, Principal[] issuers, SSLEngine engine) {
    return alias(keyType);
  }

  @Override
  public @Nullable String chooseClientAlias(String[] keyTypes, Principal[] issuers, Socket socket) {
    return alias(keyTypes);
  }

  @Override
  public @Nullable String chooseServerAlias(String keyType, Principal[] issuers, Socket socket) {
    return alias(keyType);
  }

  @Override
  public String @Nullable [] getClientAliases(String keyType, Principal[] issuers) {
    return alias(keyType) == null ? null : new String[] {ALIAS};
  }

  @Override
  public String @Nullable [] getServerAliases(String keyType, Principal[] issuers) {
    return getClientAliases(keyType, issuers);
  }

  @Override
  public X509Certificate @Nullable [] getCertificateChain(String alias) {
    return identity.map(me -> me.certificates().toArray(X509Certificate[]::new)).orElse(null);
  }

  @Override
  public @Nullable PrivateKey getPrivateKey(String alias) {
    return identity.map(Identity::key).orElse(null);
  }
}
