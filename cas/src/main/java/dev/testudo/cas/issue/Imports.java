package dev.testudo.cas.issue;

import dev.testudo.cas.catalog.Catalog;
import dev.testudo.cas.catalog.Registered;
import dev.testudo.cas.refusal.Refused;
import dev.testudo.cas.store.Outcome;
import dev.testudo.cas.store.Store;
import dev.testudo.cas.store.Transaction;
import dev.testudo.policy.session.SecretDefinition;
import dev.testudo.policy.session.Session;
import dev.testudo.policy.session.SessionName;
import dev.testudo.policy.session.Volume;
import dev.testudo.policy.session.read.SessionParser;
import dev.testudo.policy.source.Parsed;
import dev.testudo.trust.secret.Secret;
import java.io.IOException;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/// Knows which sessions import secrets and volumes from which.
public final class Imports {
  private static final String INDEXED = "imports-indexed";

  private Imports() {}

  /// Returns the names of the sessions that `session` imports from, without itself.
  public static Set<String> of(Session session) {
    var names = new TreeSet<String>();
    for (var secret : session.secrets()) {
      if (secret instanceof SecretDefinition.Imported imported
          && !imported.from().equals(session.name())) {
        names.add(imported.from().value());
      }
    }
    for (var volume : session.volumes()) {
      if (volume.origin() instanceof Volume.Origin.Imported imported
          && !imported.from().equals(session.name())) {
        names.add(imported.from().value());
      }
    }
    return names;
  }

  /// Returns true if `exporter` exports anything to a session called `importer`.
  public static boolean mayReach(Registered exporter, SessionName importer) {
    var secrets =
        exporter.session().secrets().stream()
            .flatMap(secret -> secret.declaration().exports().stream())
            .anyMatch(export -> export.names(importer));
    return secrets
        || exporter.session().volumes().stream()
            .flatMap(volume -> volume.exports().stream())
            .anyMatch(export -> export.session().equals(importer));
  }

  /// Returns true if `importer` imports a secret or a volume that `exporter` exports to it.
  public static boolean reach(Registered exporter, Registered importer) {
    for (var secret : importer.session().secrets()) {
      if (secret instanceof SecretDefinition.Imported imported
          && imported.from().equals(exporter.session().name())
          && isExported(exporter, importer, imported)) {
        return true;
      }
    }
    for (var volume : importer.session().volumes()) {
      if (volume.origin() instanceof Volume.Origin.Imported imported
          && imported.from().equals(exporter.session().name())
          && isExported(exporter, importer, volume, imported)) {
        return true;
      }
    }
    return false;
  }

  private static boolean isExported(
      Registered exporter, Registered importer, SecretDefinition.Imported imported) {
    try {
      SecretScope.exported(exporter, importer, imported);
      return true;
    } catch (Refused e) {
      return false;
    }
  }

  private static boolean isExported(
      Registered exporter, Registered importer, Volume volume, Volume.Origin.Imported imported) {
    try {
      SecretScope.exported(exporter, importer, volume, imported);
      return true;
    } catch (Refused e) {
      return false;
    }
  }

  /// Stores the imports of every session, once in the life of a store: earlier versions did not
  /// store them together with sessions.
  public static void index(Store store) throws IOException {
    store.transact(
        Optional.empty(),
        transaction -> {
          if (transaction.setting(INDEXED).isEmpty()) {
            for (var name : transaction.sessions()) {
              note(transaction, name);
            }
            transaction.addSetting(INDEXED, Secret.ofText("yes"));
          }
          return Outcome.unlogged(true);
        });
  }

  private static void note(Transaction transaction, String name) throws IOException {
    var row = transaction.activeSession(name);
    if (row.isEmpty()) {
      return;
    }
    var imports =
        switch (SessionParser.stored(Catalog.source(name, row.get().yaml()))) {
          case Parsed.Valid<Session>(var session, _) -> of(session);
          // A session that cannot be read any more delivers nothing to its services.
          case Parsed.Invalid<Session> _ -> Set.<String>of();
        };
    transaction.setImports(name, imports);
  }
}
