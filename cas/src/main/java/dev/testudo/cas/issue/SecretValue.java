package dev.testudo.cas.issue;

import dev.testudo.policy.session.ConfigFragment;
import dev.testudo.policy.substitution.SecretKind;
import dev.testudo.trust.secret.Secret;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.cert.X509Certificate;
import java.util.List;
import java.util.Optional;

/// The value of a secret. Its text form never contains the value.
public sealed interface SecretValue {
  /// Returns the kind of the secret.
  default SecretKind kind() {
    return switch (this) {
      case Ascii _ -> SecretKind.ASCII;
      case Binary _ -> SecretKind.BINARY;
      case FragmentValue _ -> SecretKind.CONFIG_FRAGMENT;
      case PgpValue _ -> SecretKind.PGP_KEY;
      case Jwt _ -> SecretKind.JWT;
      case KeyValue _ -> SecretKind.PRIVATE_KEY;
      case PublicKeyValue _ -> SecretKind.PUBLIC_KEY;
      case CertificateValue certificate -> certificate.kind;
    };
  }

  /// The text of an `ascii` secret.
  record Ascii(Secret text) implements SecretValue {}

  /// The bytes of a `binary` secret.
  record Binary(Secret bytes) implements SecretValue {}

  /// A part of a policy.
  record FragmentValue(ConfigFragment fragment) implements SecretValue {}

  /// An OpenPGP private key in binary form.
  record PgpValue(Secret key) implements SecretValue {}

  /// A JSON Web Token.
  record Jwt(Secret token) implements SecretValue {}

  /// A key pair.
  record KeyValue(PrivateKey key, PublicKey publicKey) implements SecretValue {
    @Override
    public String toString() {
      return "KeyValue";
    }
  }

  /// A public key alone.
  record PublicKeyValue(PublicKey key) implements SecretValue {}

  /// A certificate.
  ///
  /// @param kind `x509` or `x509-ca`
  /// @param chain its issuers from the nearest to the root; empty if it is self-signed
  /// @param key the private key; empty if this session may not have it
  record CertificateValue(
      SecretKind kind,
      X509Certificate certificate,
      List<X509Certificate> chain,
      Optional<PrivateKey> key)
      implements SecretValue {
    /// Copies the chain.
    public CertificateValue {
      chain = List.copyOf(chain);
    }

    CertificateValue withoutKey() {
      return new CertificateValue(kind, certificate, chain, Optional.empty());
    }

    @Override
    public String toString() {
      return "CertificateValue[%s]".formatted(certificate.getSubjectX500Principal());
    }
  }
}
