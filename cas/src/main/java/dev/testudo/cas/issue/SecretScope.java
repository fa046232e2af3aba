package dev.testudo.cas.issue;

import dev.testudo.cas.catalog.Catalog;
import dev.testudo.cas.catalog.Registered;
import dev.testudo.cas.refusal.RefusalId;
import dev.testudo.cas.refusal.Refused;
import dev.testudo.cas.store.SecretRow;
import dev.testudo.cas.store.Transaction;
import dev.testudo.policy.session.Export;
import dev.testudo.policy.session.KeyType;
import dev.testudo.policy.session.SecretDefinition;
import dev.testudo.policy.session.SecretDefinition.CertificateMaterial;
import dev.testudo.policy.session.SecretDefinition.Imported;
import dev.testudo.policy.session.SessionHash;
import dev.testudo.policy.session.SessionName;
import dev.testudo.policy.session.UpdatePolicy;
import dev.testudo.policy.session.Volume;
import dev.testudo.policy.source.Span;
import java.io.IOException;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/// The secrets of the sessions opened within one transaction, and the rules for importing values
/// from one session into another.
final class SecretScope {
  private static final int MOST = 64;
  private final Transaction transaction;
  private final Catalog catalog;
  private final Issuing issuing;
  private final boolean making;
  private final MadeKeys.Supply made;
  private final Optional<String> softwareIdentity;
  private final Map<String, SessionSecrets> open = new HashMap<>();
  private final Lifetimes lifetimes = new Lifetimes();

  /// Creates a scope.
  ///
  /// @param making true to create values that are missing or due for renewal
  /// @param made generated keys for those values
  /// @param softwareIdentity the measurement of the service that gets the values
  SecretScope(
      Transaction transaction,
      Catalog catalog,
      Issuing issuing,
      boolean making,
      MadeKeys made,
      Optional<String> softwareIdentity) {
    this.softwareIdentity = softwareIdentity;
    this.making = making;
    this.transaction = transaction;
    this.catalog = catalog;
    this.issuing = issuing;
    this.made = new MadeKeys.Supply(made);
  }

  Transaction transaction() {
    return transaction;
  }

  Optional<String> softwareIdentity() {
    return softwareIdentity;
  }

  boolean making() {
    return making;
  }

  Lifetimes lifetimes() {
    return lifetimes;
  }

  Issuing issuing() {
    return issuing;
  }

  /// Returns a key that was generated before the transaction.
  ///
  /// @throws Refused if there is none of the given type
  StoredSecret.Key key(KeyType type) throws Refused {
    var key =
        made.take(type)
            .orElseThrow(
                () ->
                    new Refused(
                        RefusalId.PLAN_CHANGED,
                        "the session changed while CAS generated keys for it; try again"));
    return new StoredSecret.Key(type, key.getPrivate(), key.getPublic());
  }

  /// Returns the secrets of `session`. Missing values are inherited from `predecessor` where the
  /// language allows it.
  SessionSecrets of(Registered session, Optional<Registered> predecessor)
      throws IOException, Refused {
    var known = open.get(session.row().hash());
    if (known != null) {
      return known;
    }
    if (open.size() == MOST) {
      throw new Refused(
          RefusalId.SECRET_UNAVAILABLE,
          "more than %d sessions import from each other".formatted(MOST));
    }
    var secrets = new SessionSecrets(this, session, predecessor);
    open.put(session.row().hash(), secrets);
    return secrets;
  }

  /// What a session imports.
  ///
  /// @param from the session that owns it
  /// @param revision the revision that the owner must have
  /// @param name its name in the importing session
  /// @param span where it is written
  record Import(SessionName from, Optional<SessionHash> revision, String name, Span span) {
    static Import of(Imported secret) {
      return new Import(
          secret.from(), secret.revision(), secret.name().value(), secret.declaration().span());
    }

    static Import of(Volume volume, Volume.Origin.Imported origin) {
      return new Import(origin.from(), origin.revision(), volume.name(), volume.span());
    }
  }

  /// Returns the secrets of the session that owns what is imported.
  ///
  /// @throws Refused if there is no such session, or it does not have the expected hash
  SessionSecrets exporter(Registered importer, Import imported) throws Refused, IOException {
    var exporter = catalog.active(transaction, imported.from());
    if (exporter.isEmpty()) {
      throw notImported(
          importer, imported, "session `%s` does not exist".formatted(imported.from()));
    }
    var hash = exporter.get().row().hash();
    if (imported.revision().isPresent() && !imported.revision().get().hex().equals(hash)) {
      throw notImported(
          importer,
          imported,
          "session `%s` is expected with hash %s but has %s"
              .formatted(imported.from(), imported.revision().get(), hash));
    }
    return of(exporter.get(), Optional.empty());
  }

  /// Returns the secret that `imported` names.
  ///
  /// @throws Refused if the session does not define it or does not export it to the importer
  static SecretDefinition exported(Registered exporter, Registered importer, Imported imported)
      throws Refused {
    var original = exporter.session().secret(imported.original().value());
    if (original.isEmpty()) {
      throw notImported(
          importer,
          Import.of(imported),
          "session `%s` has no secret `%s`".formatted(imported.from(), imported.original()));
    }
    if (!permits(original.get(), importer)) {
      throw notImported(
          importer,
          Import.of(imported),
          "session `%s` does not export `%s` to it (%s)"
              .formatted(
                  imported.from(),
                  imported.original(),
                  original.get().declaration().span().place()));
    }
    return original.get();
  }

  /// Returns true if the private key of a certificate is imported with it, which requires that the
  /// key itself is exported to the importer.
  static boolean keyIsExported(SecretDefinition certificate, Registered importer) {
    return switch (certificate) {
      case SecretDefinition.Certificate(_, var material) -> keyIsExported(material, importer);
      case SecretDefinition.Authority(_, var material) -> keyIsExported(material, importer);
      case SecretDefinition.Ascii _,
          SecretDefinition.Binary _,
          SecretDefinition.PrivateKey _,
          SecretDefinition.PublicKey _,
          SecretDefinition.Fragment _,
          SecretDefinition.PgpKey _,
          SecretDefinition.Jwt _,
          Imported _ ->
          false;
    };
  }

  private static boolean keyIsExported(CertificateMaterial material, Registered importer) {
    return switch (material) {
      case CertificateMaterial.Issued(var key, _, _) -> permits(key, importer);
      case CertificateMaterial.Given(_, var key) -> key.isPresent() && permits(key.get(), importer);
    };
  }

  private static boolean permits(SecretDefinition secret, Registered importer) {
    return secret.declaration().exports().stream().anyMatch(export -> permits(export, importer));
  }

  private static boolean permits(Export export, Registered importer) {
    return switch (export) {
      case Export.ToSession(var session, var revision) -> isOne(importer, session, revision);
      case Export.ToNamespace _ -> export.names(importer.session().name());
    };
  }

  private static boolean isOne(
      Registered importer, SessionName session, Optional<SessionHash> revision) {
    return session.equals(importer.session().name())
        && (revision.isEmpty() || revision.get().hex().equals(importer.row().hash()));
  }

  /// Returns the volume that `origin` names.
  ///
  /// @throws Refused if the session does not export it to the importer under that name
  static ExportedVolume exported(
      Registered exporter, Registered importer, Volume imported, Volume.Origin.Imported origin)
      throws Refused {
    for (var volume : exporter.session().volumes()) {
      for (var export : volume.exports()) {
        if (export.name().equals(origin.original())
            && isOne(importer, export.session(), export.revision())) {
          return new ExportedVolume(volume, export);
        }
      }
    }
    throw notImported(
        importer,
        Import.of(imported, origin),
        "session `%s` exports no volume `%s` to it".formatted(origin.from(), origin.original()));
  }

  /// Returns what the importer may do with a volume.
  ///
  /// @throws Refused if it wants more than the owner permits
  static UpdatePolicy permitted(
      Registered importer, Volume.Mount mount, Volume.Origin.Imported origin, Volume.Export export)
      throws Refused {
    return mount
        .updates()
        .under(export.updates())
        .orElseThrow(
            () ->
                notImported(
                    importer,
                    Import.of(mount.volume(), origin),
                    "session `%s` exports the volume as `%s`, which does not permit `%s`"
                        .formatted(origin.from(), export.updates(), mount.updates())));
  }

  /// Returns the stored values that a revision of a session uses, by name.
  Map<String, SecretRow> rows(Registered session) throws IOException {
    var rows = new HashMap<String, SecretRow>();
    for (var row : transaction.secrets(session.row())) {
      rows.put(row.name(), row);
    }
    return rows;
  }

  private static Refused notImported(Registered importer, Import imported, String reason) {
    return new Refused(
        RefusalId.SECRET_UNAVAILABLE,
        "session `%s` cannot import `%s`: %s (%s)"
            .formatted(importer.row().name(), imported.name(), reason, imported.span().place()));
  }
}
