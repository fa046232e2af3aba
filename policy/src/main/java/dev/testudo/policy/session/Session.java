package dev.testudo.policy.session;

import dev.testudo.policy.source.SourceFile;
import dev.testudo.policy.substitution.RuntimeTemplate;
import dev.testudo.policy.substitution.SecretKind;
import dev.testudo.policy.substitution.SecretName;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/// A session: the policy that CAS keeps. All references in it are resolved: a service has its
/// image, a certificate its key and issuer.
///
/// @param source the text it was read from
/// @param stored what CAS manages for it
/// @param open the placeholders in its structure whose values are not known yet. A session that has
///     any decides nothing.
public record Session(
    SourceFile source,
    SessionName name,
    Lineage lineage,
    List<Service> services,
    List<Image> images,
    Stored stored,
    AccessPolicy accessPolicy,
    Security security,
    Set<OpenPlace> open) {
  public Session {
    services = List.copyOf(services);
    images = List.copyOf(images);
    open = Set.copyOf(open);
  }

  /// What CAS manages for a session.
  public record Stored(List<SecretDefinition> secrets, List<Volume> volumes) {
    public Stored {
      secrets = List.copyOf(secrets);
      volumes = List.copyOf(volumes);
    }
  }

  /// Returns the secrets.
  public List<SecretDefinition> secrets() {
    return stored.secrets();
  }

  /// Returns the volumes.
  public List<Volume> volumes() {
    return stored.volumes();
  }

  /// Returns true if part of an area is not known yet.
  public boolean isOpen(OpenPlace.Area area) {
    return open.stream().anyMatch(place -> place.area() == area);
  }

  /// Returns the claims of all tokens, into which secrets are inserted.
  public List<RuntimeTemplate> claims() {
    return secrets().stream()
        .filter(SecretDefinition.Jwt.class::isInstance)
        .flatMap(secret -> ((SecretDefinition.Jwt) secret).value().payload().values().stream())
        .toList();
  }

  /// Returns the same session as if it had been read from another text.
  public Session withSource(SourceFile other) {
    return new Session(
        other, name, lineage, services, images, stored, accessPolicy, security, open);
  }

  /// Returns the same session with other requirements.
  public Session withSecurity(Security other) {
    return new Session(source, name, lineage, services, images, stored, accessPolicy, other, open);
  }

  /// Returns the service with the given name, if there is one.
  public Optional<Service> service(String serviceName) {
    return services.stream().filter(s -> s.name().equals(serviceName)).findFirst();
  }

  /// Returns the secret with the given name, if there is one.
  public Optional<SecretDefinition> secret(String secretName) {
    return secrets().stream().filter(s -> s.name().value().equals(secretName)).findFirst();
  }

  /// Returns the kind of a secret, if it is known.
  public Optional<SecretKind> kindOf(SecretName secretName) {
    return secret(secretName.value()).flatMap(SecretDefinition::kind);
  }
}
