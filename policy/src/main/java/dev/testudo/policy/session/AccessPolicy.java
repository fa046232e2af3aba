package dev.testudo.policy.session;

import dev.testudo.policy.source.Text;
import dev.testudo.policy.substitution.Placeholder;
import java.util.List;

/// Who may do what with a session. Defaults are filled in.
public record AccessPolicy(Rule read, Rule update, Rule createSessions, Rule listSessions) {

  /// What holds where a session says nothing: its creator, alone.
  public static final AccessPolicy DEFAULT = allOf(new AnyOf(List.of(new Creator())));

  private static AccessPolicy allOf(Rule rule) {
    return new AccessPolicy(rule, rule, rule, rule);
  }

  /// Who is let through.
  public sealed interface Rule {}

  /// Whoever reaches CAS.
  public record Anyone() implements Rule {}

  /// No one.
  public record Nobody() implements Rule {}

  /// Whoever one of these admits.
  public record AnyOf(List<Principal> principals) implements Rule {
    public AnyOf {
      principals = List.copyOf(principals);
    }
  }

  /// Someone, or several who agree.
  public sealed interface Principal {}

  /// Whoever created the session's first revision.
  public record Creator() implements Principal {}

  /// The holder of a key.
  ///
  /// @param base58 SHA-256 of the key's SubjectPublicKeyInfo
  public record KeyHolder(String base58) implements Principal {}

  /// The holder of the key in a certificate; only the key counts.
  public record CertificateHolder(Text pem) implements Principal {}

  /// Whom a secret's value names: a certificate, `CREATOR` or a key hash. A value that names
  /// nobody admits nobody.
  public record NamedBySecret(Placeholder secret) implements Principal {}

  /// At least `count` of these, who must agree. Meant for changes, not for reading.
  public record Quorum(int count, List<Principal> principals) implements Principal {
    public Quorum {
      principals = List.copyOf(principals);
    }
  }
}
