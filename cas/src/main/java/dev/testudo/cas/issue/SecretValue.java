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
  SecretKind kind();

  /// The text of an `ascii` secret.
  record Ascii(Secret text) implements SecretValue {
    @Override
    public SecretKind kind() {
      return SecretKind.ASCII;
    }

    @Override
    public String toString() {
      return "Ascii[%d]".formatted(text.length());
    }
  }

  /// The bytes of a `binary` secret.
  record Binary(Secret bytes) implements SecretValue {
    @Override
    public SecretKind kind() {
      return SecretKind.BINARY;
    }

    @Override
    public String toString() {
      return "Binary[%d]".formatted(bytes.length());
    }
  }

  /// A part of a policy.
  record FragmentValue(ConfigFragment fragment) implements SecretValue {
    @Override
    public SecretKind kind() {
      return SecretKind.CONFIG_FRAGMENT;
    }
  }

  /// An OpenPGP private key in binary form.
  record PgpValue(Secret key) implements SecretValue {
    @Override
    public SecretKind kind() {
      return SecretKind.PGP_KEY;
    }

    @Override
    public String toString() {
      return "PgpValue";
    }
  }

  /// A JSON Web Token.
  record Jwt(Secret token) implements SecretValue {
    @Override
    public SecretKind kind() {
      return SecretKind.JWT;
    }

    @Override
    public String toString() {
      return "Jwt";
    }
  }

  /// A key pair.
  record KeyValue(PrivateKey key, PublicKey publicKey) implements SecretValue {
    @Override
    public SecretKind kind() {
      return SecretKind.PRIVATE_KEY;
    }

    @Override
    public String toString() {
      return "KeyValue";
    }
  }

  /// A public key alone.
  record PublicKeyValue(PublicKey key) implements SecretValue {
    @Override
    public SecretKind kind() {
      return SecretKind.PUBLIC_KEY;
    }
  }

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
