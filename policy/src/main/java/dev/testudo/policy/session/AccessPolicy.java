package dev.testudo.policy.session;

import dev.testudo.policy.source.Text;
import dev.testudo.policy.substitution.Placeholder;
import java.util.List;

/// Who may do what with a session. Defaults are filled in.
public record AccessPolicy(Rule read, Rule update, Rule createSessions, Rule listSessions) {

  /// The policy of a session without one: its creator alone may do anything.
  public static final AccessPolicy DEFAULT = allOf(new AnyOf(List.of(new Creator())));

  private static AccessPolicy allOf(Rule rule) {
    return new AccessPolicy(rule, rule, rule, rule);
  }

  /// Who is admitted.
  public sealed interface Rule {}

  /// Everybody who reaches CAS.
  public record Anyone() implements Rule {}

  /// Nobody.
  public record Nobody() implements Rule {}

  /// Everybody whom one of these principals admits.
  public record AnyOf(List<Principal> principals) implements Rule {
    public AnyOf {
      principals = List.copyOf(principals);
    }
  }

  /// Somebody, or several who agree.
  public sealed interface Principal {}

  /// The creator of the session's first revision.
  public record Creator() implements Principal {}

  /// The holder of a key.
  ///
  /// @param base58 the SHA-256 hash of the key's SubjectPublicKeyInfo, in Base58
  public record KeyHolder(String base58) implements Principal {}

  /// The holder of the key in a certificate. Only the key counts.
  public record CertificateHolder(Text pem) implements Principal {}

  /// Whoever a secret's value names: a certificate, `CREATOR` or a key hash. Any other
  /// value admits nobody.
  public record NamedBySecret(Placeholder secret) implements Principal {}

  /// Whoever signs a change with the private key of this public key. A request that only reads
  /// carries no signature.
  ///
  /// @param pem an Ed25519 or P-384 key (SubjectPublicKeyInfo) in PEM
  public record Signer(Text pem) implements Principal {}

  /// At least `count` of these principals, each agreed to by another key ([Party]). For changes,
  /// not for reading.
  public record Quorum(int count, List<Principal> principals) implements Principal {
    public Quorum {
      principals = List.copyOf(principals);
    }
  }
}
