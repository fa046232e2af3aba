package dev.testudo.cas.issue;

import dev.testudo.cas.catalog.Catalog;
import dev.testudo.cas.catalog.Registered;
import dev.testudo.cas.refusal.RefusalId;
import dev.testudo.cas.refusal.Refused;
import dev.testudo.cas.store.Transaction;
import dev.testudo.policy.session.KeyType;
import dev.testudo.policy.session.SecretDefinition;
import dev.testudo.policy.session.SecretDefinition.CertificateMaterial;
import dev.testudo.policy.session.SecretDefinition.PublicKeyMaterial;
import java.io.IOException;
import java.security.SecureRandom;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// Makes the secrets of sessions, exactly once, and opens them for those who may have them.
public final class SecretMaker {
  private static final int MOST_WARNINGS = 16;
  private final Catalog catalog;
  private final Issuing issuing;

  /// Keeps the secrets of the sessions in `catalog`.
  public SecretMaker(Catalog catalog, SecureRandom random, InstantSource clock) {
    this.catalog = catalog;
    this.issuing = new Issuing(random, clock);
  }

  /// Gives a revision just added to the store its secrets: taken over from `predecessor` where the
  /// language says so, else made.
  ///
  /// Certificates that need something imported which is not there yet are made when a service asks
  /// for them: sessions that import from each other have to be registered one after the other.
  ///
  /// @return what a service will be refused for until another session does its part
  public List<String> complete(
      Transaction transaction, Registered session, Optional<Registered> predecessor, MadeKeys made)
      throws Refused, IOException {
    var secrets =
        new SecretScope(transaction, catalog, issuing, true, made).of(session, predecessor);
    var warnings = new ArrayList<String>();
    for (var secret : session.session().secrets()) {
      try {
        secrets.value(secret);
      } catch (Refused e) {
        if (e.id() != RefusalId.SECRET_UNAVAILABLE) {
          throw e;
        }
        if (!mayCome(secret)) {
          throw new Refused(
              RefusalId.INVALID_SESSION,
              "session `%s` can never work: %s".formatted(session.row().name(), e.message()));
        }
        if (warnings.size() < MOST_WARNINGS) {
          warnings.add(e.message());
        }
      }
    }
    return warnings;
  }

  /// The keys that have to be made before [#complete] for the same session and predecessor.
  public List<KeyType> lacking(
      Transaction transaction, Registered session, Optional<Registered> predecessor)
      throws Refused, IOException {
    return new SecretScope(transaction, catalog, issuing, true, MadeKeys.NONE)
        .of(session, predecessor)
        .lackingKeys();
  }

  /// Whether a secret that cannot be had now may be had later, because another session has a part
  /// in it.
  private static boolean mayCome(SecretDefinition secret) {
    return switch (secret) {
      case SecretDefinition.Imported _ -> true;
      case SecretDefinition.PublicKey(_, PublicKeyMaterial.Of(var key)) -> mayCome(key);
      case SecretDefinition.Certificate(_, var material) -> mayCome(material);
      case SecretDefinition.Authority(_, var material) -> mayCome(material);
      case SecretDefinition.PublicKey _,
          SecretDefinition.PrivateKey _,
          SecretDefinition.Ascii _,
          SecretDefinition.Binary _ ->
          false;
    };
  }

  private static boolean mayCome(CertificateMaterial material) {
    return switch (material) {
      case CertificateMaterial.Issued(var key, var issuer, _) ->
          mayCome(key) || (issuer.isPresent() && mayCome(issuer.get()));
      case CertificateMaterial.Given(_, var key) -> key.isPresent() && mayCome(key.get());
    };
  }

  /// The values of `session`.
  public SessionSecrets open(Transaction transaction, Registered session)
      throws Refused, IOException {
    return new SecretScope(transaction, catalog, issuing, true, MadeKeys.NONE)
        .of(session, Optional.empty());
  }

  /// The values of `session` as they are: none is made or renewed, nothing is stored. A certificate
  /// may have expired, and what was never made cannot be had.
  public SessionSecrets peek(Transaction transaction, Registered session)
      throws Refused, IOException {
    return new SecretScope(transaction, catalog, issuing, false, MadeKeys.NONE)
        .of(session, Optional.empty());
  }
}
