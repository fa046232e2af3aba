package dev.testudo.cas.issue;

import dev.testudo.cas.catalog.Catalog;
import dev.testudo.cas.catalog.Registered;
import dev.testudo.cas.refusal.RefusalId;
import dev.testudo.cas.refusal.Refused;
import dev.testudo.cas.store.Transaction;
import dev.testudo.policy.session.JwtRequest;
import dev.testudo.policy.session.KeyType;
import dev.testudo.policy.session.SecretDefinition;
import dev.testudo.policy.session.SecretDefinition.CertificateMaterial;
import dev.testudo.policy.session.SecretDefinition.PublicKeyMaterial;
import dev.testudo.policy.session.Session;
import java.io.IOException;
import java.security.SecureRandom;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// Creates the secrets of sessions, each exactly once, and opens them for authorised callers.
public final class SecretMaker {
  private static final int MOST_WARNINGS = 16;

  /// Stands for the measurement of a service when CAS tries at registration whether a token can be
  /// made.
  private static final Optional<String> TRIAL = Optional.of("0".repeat(64));

  private final Catalog catalog;
  private final Issuing issuing;
  private final Structures structures = new Structures();

  /// Creates a maker for the sessions in `catalog`.
  public SecretMaker(Catalog catalog, SecureRandom random, InstantSource clock) {
    this.catalog = catalog;
    this.issuing = new Issuing(random, clock);
  }

  /// Creates the secrets of a revision that was just added to the store. Values are inherited from
  /// `predecessor` where the language says so, and generated otherwise.
  ///
  /// A certificate that depends on an import that is not available yet is issued when a service
  /// asks for it: sessions that import from each other must be registered one after the other.
  ///
  /// @return the reasons why services will be refused until another session is complete
  /// @throws Refused if a secret can never be created
  public List<String> complete(
      Transaction transaction, Registered session, Optional<Registered> predecessor, MadeKeys made)
      throws Refused, IOException {
    var secrets =
        new SecretScope(transaction, catalog, issuing, true, made, TRIAL).of(session, predecessor);
    var warnings = new ArrayList<String>();
    for (var secret : session.session().secrets()) {
      try {
        secrets.value(secret);
      } catch (Refused e) {
        warn(warnings, e, mayCome(secret, session.session()), session);
      }
    }
    var keys = new FilesKeys(secrets);
    for (var volume : session.session().volumes()) {
      try {
        keys.prepare(volume);
      } catch (Refused e) {
        warn(warnings, e, true, session);
      }
    }
    structures.fault(transaction, session, secrets).ifPresent(warnings::add);
    return warnings;
  }

  /// Adds a warning because something is not available now.
  ///
  /// @throws Refused if it can never be available
  private static void warn(
      List<String> warnings, Refused reason, boolean mayCome, Registered session) throws Refused {
    if (reason.id() != RefusalId.SECRET_UNAVAILABLE) {
      throw reason;
    }
    if (!mayCome) {
      throw new Refused(
          RefusalId.INVALID_SESSION,
          "session `%s` can never work: %s".formatted(session.row().name(), reason.message()));
    }
    if (warnings.size() < MOST_WARNINGS) {
      warnings.add(reason.message());
    }
  }

  /// Returns the types of the keys that must be generated before [#complete] is called for the same
  /// session and predecessor.
  public List<KeyType> lacking(
      Transaction transaction, Registered session, Optional<Registered> predecessor)
      throws Refused, IOException {
    return new SecretScope(transaction, catalog, issuing, true, MadeKeys.NONE, TRIAL)
        .of(session, predecessor)
        .lackingKeys();
  }

  /// Returns true if a secret that is not available now may become so, because it depends
  /// on another session.
  private static boolean mayCome(SecretDefinition secret, Session session) {
    return switch (secret) {
      case SecretDefinition.Imported _ -> true;
      case SecretDefinition.PublicKey(_, PublicKeyMaterial.Of(var key)) -> mayCome(key, session);
      case SecretDefinition.Jwt(_, var request) -> mayCome(request, session);
      case SecretDefinition.Certificate(_, var material) -> mayCome(material, session);
      case SecretDefinition.Authority(_, var material) -> mayCome(material, session);
      case SecretDefinition.PublicKey _,
          SecretDefinition.PrivateKey _,
          SecretDefinition.Ascii _,
          SecretDefinition.Binary _,
          SecretDefinition.Fragment _,
          SecretDefinition.PgpKey _ ->
          false;
    };
  }

  /// Returns true if a token depends on another session. A payload that depends on other tokens is
  /// not searched further, so that tokens that depend on each other end the search.
  private static boolean mayCome(JwtRequest request, Session session) {
    return mayCome(request.signer(), session)
        || request.payload().values().stream()
            .flatMap(template -> template.placeholders().stream())
            .flatMap(placeholder -> session.secret(placeholder.secret().value()).stream())
            .anyMatch(s -> !(s instanceof SecretDefinition.Jwt) && mayCome(s, session));
  }

  private static boolean mayCome(CertificateMaterial material, Session session) {
    return switch (material) {
      case CertificateMaterial.Issued(var key, var issuer, _) ->
          mayCome(key, session) || (issuer.isPresent() && mayCome(issuer.get(), session));
      case CertificateMaterial.Given(_, var key) -> key.isPresent() && mayCome(key.get(), session);
    };
  }

  /// Opens the secrets of `session`. Values that are missing or due for renewal are created.
  public SessionSecrets open(Transaction transaction, Registered session)
      throws Refused, IOException {
    return open(transaction, session, Optional.empty());
  }

  /// Opens the secrets of `session` for an attested service.
  ///
  /// @param softwareIdentity its measurement, in hexadecimal
  public SessionSecrets open(
      Transaction transaction, Registered session, Optional<String> softwareIdentity)
      throws Refused, IOException {
    return new SecretScope(transaction, catalog, issuing, true, MadeKeys.NONE, softwareIdentity)
        .of(session, Optional.empty());
  }

  /// Returns `session` with the current values of the placeholders in its structure. All decisions
  /// about a session start from this. No secret is created for it.
  ///
  /// @throws Refused if a value is not available or does not fit
  public Registered completed(Transaction transaction, Registered session)
      throws Refused, IOException {
    return session.session().open().isEmpty()
        ? session
        : structures.completed(transaction, session, peek(transaction, session));
  }

  /// Opens the secrets of `session` as they are: none is created or renewed, and nothing is stored.
  /// A certificate may have expired, and a value that was never created is not available.
  public SessionSecrets peek(Transaction transaction, Registered session)
      throws Refused, IOException {
    return new SecretScope(transaction, catalog, issuing, false, MadeKeys.NONE, Optional.empty())
        .of(session, Optional.empty());
  }
}
