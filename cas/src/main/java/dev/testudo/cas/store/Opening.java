package dev.testudo.cas.store;

import dev.testudo.cas.audit.AuditEvent;
import dev.testudo.cas.health.Health;
import dev.testudo.cas.store.backup.BackupException;
import dev.testudo.cas.store.backup.BackupException.Fault;
import dev.testudo.cas.store.backup.BackupManifest;
import dev.testudo.cas.store.backup.BackupRequests;
import dev.testudo.cas.store.database.ConflictException;
import dev.testudo.cas.store.database.Database;
import dev.testudo.cas.store.database.StoreException;
import dev.testudo.cas.store.database.UnknownOutcomeException;
import dev.testudo.cas.store.key.KeySource;
import dev.testudo.cas.store.key.MasterKey;
import dev.testudo.cas.store.key.SealKeys;
import dev.testudo.cas.store.key.WrappedKey;
import dev.testudo.cas.store.log.Anchor;
import dev.testudo.cas.store.log.AuditCopy;
import dev.testudo.cas.store.log.AuditTable;
import dev.testudo.cas.store.log.AuditTrail;
import dev.testudo.cas.store.log.Copies;
import dev.testudo.cas.store.log.CopyFault;
import dev.testudo.cas.store.seal.Sealer;
import dev.testudo.cas.store.seal.StateDigest;
import dev.testudo.cas.store.space.Reserve;
import dev.testudo.cas.store.space.Space;
import dev.testudo.trust.secret.Secret;
import java.io.IOException;
import java.lang.System.Logger.Level;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// Opens a store. Everything in it is checked before anything is used.
final class Opening {
  private static final System.Logger LOG = System.getLogger(Store.class.getName());

  private final StateDirectory directory;
  private final StoreOptions options;
  private final StoredState state;

  private Opening(
      StateDirectory directory, StoreOptions options, Database database, Secret sealKey) {
    this.directory = directory;
    this.options = options;
    var sealer = new Sealer(sealKey, options.random());
    var key = Sealer.derived(sealKey, "HmacSHA256", "testudo cas state digest v1");
    this.state = new StoredState(database, sealer, new StateDigest(key));
  }

  /// Returns the seal key, which is generated and stored on first use.
  private static Secret sealKeyOf(SealKeys keys, Database database)
      throws SQLException, IOException {
    for (var left = StoredState.MOST_RUNS; ; left--) {
      try {
        return sealKey(keys, database);
      } catch (SQLException e) {
        var failure = database.failed(e);
        if (left == 0 || !(failure instanceof ConflictException)) {
          throw failure;
        }
      } catch (UnknownOutcomeException e) {
        if (left == 0) {
          throw e;
        }
      }
    }
  }

  private static Secret sealKey(SealKeys keys, Database database) throws SQLException, IOException {
    var done = false;
    database.begin();
    try {
      var key = keys.openOrCreate();
      database.commit();
      done = true;
      return key;
    } finally {
      if (!done) {
        database.undo();
      }
    }
  }

  static Store open(StateDirectory directory, StoreOptions options, Health health)
      throws IOException {
    try (var master = options.key().of(directory.path())) {
      return open(directory, options, health, master);
    }
  }

  private static Store open(
      StateDirectory directory, StoreOptions options, Health health, MasterKey master)
      throws IOException {
    var database = options.dialect().open(directory.path(), health);
    try (var key = sealKeyOf(new SealKeys(database, master, options.random()), database)) {
      return new Opening(directory, options, database, key).open(health);
    } catch (SQLException e) {
      var failure = database.failed(e);
      database.close();
      throw failure;
    } catch (IOException | RuntimeException e) {
      database.close();
      throw e;
    }
  }

  /// Checks everything in `directory` and changes nothing.
  ///
  /// @return the number and hash of the audit log's last line
  /// @throws StoreException if anything is not as CAS left it
  static String verify(StateDirectory directory, StoreOptions options) throws IOException {
    try (var database = options.dialect().open(directory.path(), new Health());
        var master = options.key().of(directory.path());
        var key = new SealKeys(database, master, options.random()).open()) {
      return new Opening(directory, options, database, key).verify();
    } catch (SQLException e) {
      throw new StoreException("the database cannot be read: " + e.getMessage(), e);
    }
  }

  /// Checks everything in `directory`, then wraps its seal key with another master key.
  static void rekey(StateDirectory directory, StoreOptions options, KeySource next)
      throws IOException {
    try (var master = options.key().of(directory.path())) {
      var wrapped = wrapped(directory, options, master, next);
      try (var store = open(directory, options, new Health(), master)) {
        store.transact(
            Optional.empty(),
            transaction -> {
              transaction.replaceSealKey(wrapped);
              return Outcome.of(true, new AuditEvent.Rekeyed(wrapped.method()));
            });
      }
    }
  }

  private static WrappedKey wrapped(
      StateDirectory directory, StoreOptions options, MasterKey master, KeySource next)
      throws IOException {
    try (var database = options.dialect().open(directory.path(), new Health());
        var key = new SealKeys(database, master, options.random()).open();
        var other = next.of(directory.path())) {
      return other.wrap(key, options.random());
    } catch (SQLException e) {
      throw new StoreException("the database cannot be read: " + e.getMessage(), e);
    }
  }

  private String verify() throws SQLException, IOException {
    state.reading(state::check);
    var identity = identity();
    try (var audit = trail(identity, anchor(identity, true))) {
      var head = new StringBuilder();
      state.reading(
          () -> {
            audit.check(state.connection(), state.head());
            var problem = audit.checkAnchor(state.connection(), state.head());
            if (problem.isEmpty()) {
              problem = audit.checkCopy(state.connection(), state.head());
            }
            if (problem.isPresent()) {
              throw new StoreException(problem.get().reason(), problem.get().text());
            }
            head.append(state.head().text());
          });
      return head.toString();
    }
  }

  /// Checks everything in a database that was taken from a backup, writes the copy of its audit
  /// log, and logs that it was restored.
  ///
  /// @param backup the file of the backup, for messages
  /// @throws StoreException if anything is not as CAS left it
  /// @throws BackupException if the manifest is not of that database
  static void restore(
      StateDirectory directory, StoreOptions options, BackupManifest manifest, Path backup)
      throws IOException {
    try (var database = options.dialect().open(directory.path(), new Health());
        var master = options.key().of(directory.path());
        var key = new SealKeys(database, master, options.random()).open()) {
      new Opening(directory, options, database, key).restore(manifest, backup);
    } catch (SQLException e) {
      throw new StoreException("the database cannot be read: " + e.getMessage(), e);
    }
  }

  private void restore(BackupManifest manifest, Path backup) throws SQLException, IOException {
    state.reading(state::check);
    var identity = identity();
    if (!identity.tls().keyHash().equals(manifest.cas())) {
      throw new BackupException(
          Fault.FOREIGN_BACKUP, backup, "has the database of the CAS " + identity.tls().keyHash());
    }
    try (var audit = trail(identity, Optional.empty())) {
      state.reading(
          () -> {
            if (!state.head().text().equals(manifest.head())) {
              throw new BackupException(
                  Fault.DAMAGED_BACKUP, backup, "has another database than its manifest says");
            }
            audit.check(state.connection(), state.head());
            audit.openCopy(state.connection(), state.head());
          });
      record(audit, new AuditEvent.Restored(manifest.head(), manifest.at()));
      state.reading(() -> audit.catchUp(state.connection()));
    }
  }

  private Store open(Health health) throws SQLException, IOException {
    state.reading(state::check);
    var identity = identity();
    var audit = trail(identity, anchor(identity, false));
    var opened = false;
    try {
      state.reading(
          () -> {
            audit.check(state.connection(), state.head());
            state.countHoldings();
          });
      var reserve = new Reserve(directory.path(), options.random());
      var space = new Space(directory.path(), reserve, health);
      openCopy(audit);
      opened = true;
      var backups = new BackupRequests(directory.path());
      return new Store(state, state.snapshots(), identity, audit, space, backups, health);
    } finally {
      if (!opened) {
        audit.close();
      }
    }
  }

  /// Returns the keys of CAS, which are generated on first use.
  private CasIdentity identity() throws IOException {
    return state.within(
        transaction -> {
          var identity = CasIdentity.of(transaction, options);
          state.commit(state.head().withState(transaction.state()));
          return identity;
        });
  }

  private AuditTrail trail(CasIdentity identity, Optional<Anchor> anchor) throws IOException {
    var table = new AuditTable(identity.signer(), options.clock(), options.auditLimits().quota());
    var process = state.isShared() ? directory.replica(options.random()) : Copies.ALONE;
    var copy = new AuditCopy(directory.path(), options.auditLimits().files());
    return new AuditTrail(table, copy, identity.signer().keys(), process, anchor);
  }

  private Optional<Anchor> anchor(CasIdentity identity, boolean onlyToCheck) throws IOException {
    return options.anchor().isPresent()
        ? Optional.of(options.anchor().get().open(identity.tls(), onlyToCheck))
        : Optional.empty();
  }

  /// Opens the copy of the audit log. If the copy does not match, an older database was restored,
  /// or somebody changed the log.
  private void openCopy(AuditTrail audit) throws SQLException, IOException {
    var found = new ArrayList<CopyFault>();
    state.reading(
        () -> {
          audit.checkAnchor(state.connection(), state.head()).ifPresent(found::add);
          audit.checkCopy(state.connection(), state.head()).ifPresent(found::add);
        });
    if (!found.isEmpty() && !options.acceptAuditLog()) {
      throw new StoreException(
          found.getFirst().reason(),
          found.getFirst().text()
              + "; restore the right state, or start once with --accept-audit-log to continue from"
              + " the database, which the log will record");
    }
    for (var problem : found) {
      var kept = problem.isOfAnchor() ? "" : audit.putCopyAside(state.head());
      LOG.log(Level.WARNING, "accepted by --accept-audit-log: {0}", problem.text());
      record(audit, new AuditEvent.Continued(problem.text(), kept));
    }
    state.reading(() -> audit.openCopy(state.connection(), state.head()));
    state.reading(
        () -> {
          if (found.stream().anyMatch(CopyFault::isOfAnchor)) {
            audit.acceptAnchor(state.head());
          } else {
            audit.anchor(state::connection, state::head, state.head());
          }
        });
  }

  private void record(AuditTrail audit, AuditEvent event) throws IOException {
    state.within(
        _ -> {
          var head = audit.withoutCopy(state.head());
          var added = audit.add(state.connection(), head, Optional.empty(), List.of(event));
          state.commit(added.head());
          return true;
        });
  }
}
