package dev.testudo.policy.session;

import dev.testudo.policy.source.Span;
import dev.testudo.policy.source.Text;
import dev.testudo.policy.substitution.SecretKind;
import dev.testudo.policy.substitution.SecretName;
import java.util.List;
import java.util.Optional;

/// A secret that CAS generates, is given or takes from another session. Generated values are never
/// part of a policy.
public sealed interface SecretDefinition {

  /// What all kinds have.
  Declaration declaration();

  /// The name in this session.
  default SecretName name() {
    return declaration().name();
  }

  /// What is known of the kind; an imported secret need not say.
  default Optional<SecretKind> kind() {
    return switch (this) {
      case Ascii _ -> Optional.of(SecretKind.ASCII);
      case Binary _ -> Optional.of(SecretKind.BINARY);
      case PrivateKey _ -> Optional.of(SecretKind.PRIVATE_KEY);
      case PublicKey _ -> Optional.of(SecretKind.PUBLIC_KEY);
      case Certificate _ -> Optional.of(SecretKind.X509);
      case Authority _ -> Optional.of(SecretKind.X509_CA);
      case Imported imported -> imported.expected();
    };
  }

  /// Name, place and readers of a secret.
  ///
  /// @param span where the name is written
  /// @param exports the sessions that may import it
  /// @param exportPublic true if anyone may read its value
  record Declaration(SecretName name, Span span, List<Export> exports, boolean exportPublic) {
    public Declaration {
      exports = List.copyOf(exports);
    }
  }

  /// A secret whose public and private part others refer to by `private_key`.
  sealed interface Key extends SecretDefinition {}

  /// A secret that can be the `issuer` of a certificate.
  sealed interface Issuer extends SecretDefinition {}

  /// Printable ASCII characters.
  record Ascii(Declaration declaration, Characters value) implements SecretDefinition {}

  /// Bytes.
  record Binary(Declaration declaration, Bytes value) implements SecretDefinition {}

  /// A private key.
  record PrivateKey(Declaration declaration, KeyMaterial value) implements Key {}

  /// A public key.
  record PublicKey(Declaration declaration, PublicKeyMaterial value) implements SecretDefinition {}

  /// An end-entity certificate, `x509`.
  record Certificate(Declaration declaration, CertificateMaterial value)
      implements SecretDefinition {}

  /// A CA certificate, `x509-ca`. Absent names in its profile are meant to be absent.
  record Authority(Declaration declaration, CertificateMaterial value) implements Issuer {}

  /// A secret of another session.
  ///
  /// @param from the session that must export it to this one
  /// @param revision the revision that the other session must have
  /// @param original its name there
  /// @param expected the kind that it is said to have here
  record Imported(
      Declaration declaration,
      SessionName from,
      Optional<SessionHash> revision,
      SecretName original,
      Optional<SecretKind> expected)
      implements Key, Issuer {}

  /// Where the characters of an `ascii` secret come from.
  sealed interface Characters {
    /// Chosen by CAS, once.
    record Generated(int size) implements Characters {}

    /// Written in the policy.
    record Given(Text text) implements Characters {}
  }

  /// Where the bytes of a `binary` secret come from.
  sealed interface Bytes {
    /// Chosen by CAS, once.
    record Generated(int size) implements Bytes {}

    /// Written in the policy, as an even number of hexadecimal digits.
    record Given(Text hex) implements Bytes {}
  }

  /// Where a private key comes from.
  sealed interface KeyMaterial {
    /// Made by CAS.
    ///
    /// @param migrate true if a new revision of the session keeps the key
    record Generated(KeyType type, boolean migrate) implements KeyMaterial {}

    /// Written in the policy, PKCS#8 in PEM.
    record Given(Text pem) implements KeyMaterial {}
  }

  /// Where a public key comes from.
  sealed interface PublicKeyMaterial {
    /// The public half of a private key.
    record Of(Key key) implements PublicKeyMaterial {}

    /// Written in the policy, SubjectPublicKeyInfo in PEM.
    record Given(Text pem) implements PublicKeyMaterial {}
  }

  /// Where a certificate comes from.
  sealed interface CertificateMaterial {
    /// Made by CAS.
    ///
    /// @param issuer absent: self-signed
    record Issued(Key key, Optional<Issuer> issuer, CertificateRequest profile)
        implements CertificateMaterial {}

    /// Written in the policy, PEM.
    ///
    /// @param key absent: CAS knows the certificate alone
    record Given(Text pem, Optional<Key> key) implements CertificateMaterial {}
  }
}
