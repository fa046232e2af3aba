package dev.testudo.cas.store;

import dev.testudo.cas.audit.AuditEvent;
import dev.testudo.cas.health.Health;
import dev.testudo.trust.pki.Identity;
import java.io.IOException;
import java.lang.System.Logger.Level;
import java.nio.file.Files;
import java.sql.SQLException;
import java.util.List;
import java.util.Optional;

/// A store while it is opened: everything in it is checked before anything is used.
record Opening(
    Database database,
    Sealer sealer,
    StateDigest digest,
    Holdings holdings,
    StoredHead heads,
    Identity identity,
    AuditTable audit,
    AuditCopy copy,
    Space space,
    Health health) {
  private static final System.Logger LOG = System.getLogger(Store.class.getName());

  static Store open(StateDirectory directory, StoreOptions options, Health health)
      throws IOException {
    // The driver unpacks its native library; nobody else can write where it does.
    System.setProperty("org.sqlite.tmpdir", directory.path().resolve("native").toString());
    var database = Database.open(directory.path().resolve("cas.db"), health);
    try {
      return new Store(open(directory, options, health, database));
    } catch (SQLException e) {
      var failure = database.failed(e);
      database.close();
      throw failure;
    } catch (IOException | RuntimeException e) {
      database.close();
      throw e;
    }
  }

  /// Looks at everything in `directory` and changes nothing.
  ///
  /// @return the number and hash of the log's newest line
  /// @throws StoreException if anything is not as CAS left it
  static String verify(StateDirectory directory, StoreOptions options) throws IOException {
    if (!Files.exists(directory.path().resolve("cas.db"))) {
      throw new StoreException("%s holds no state of a CAS".formatted(directory.path()));
    }
    System.setProperty("org.sqlite.tmpdir", directory.path().resolve("native").toString());
    try (var database = Database.open(directory.path().resolve("cas.db"), new Health())) {
      var parts = parts(directory, options, database);
      checkRows(database, parts.digest(), parts.heads().current());
      var identity = identity(parts, options);
      var head = parts.heads().current();
      new AuditTable(identity, options.random(), options.clock(), options.auditQuota())
          .check(database.connection(), head);
      var key = identity.certificate().getPublicKey();
      var problem = new AuditCopy(directory.path()).check(database.connection(), head, key);
      if (problem.isPresent()) {
        throw new StoreException(problem.get());
      }
      return head.sequence() + ":" + head.hash();
    } catch (SQLException e) {
      throw new StoreException("the database cannot be read: " + e.getMessage(), e);
    }
  }

  private static Opening open(
      StateDirectory directory, StoreOptions options, Health health, Database database)
      throws SQLException, IOException {
    var parts = parts(directory, options, database);
    var heads = parts.heads();
    checkRows(database, parts.digest(), heads.current());
    var identity = identity(parts, options);
    var audit = new AuditTable(identity, options.random(), options.clock(), options.auditQuota());
    audit.check(database.connection(), heads.current());
    var opening =
        new Opening(
            database,
            parts.sealer(),
            parts.digest(),
            Holdings.of(database.connection(), parts.sealer()),
            heads,
            identity,
            audit,
            new AuditCopy(directory.path()),
            new Space(directory.path(), new Reserve(directory.path(), options.random()), health),
            health);
    opening.openCopy(options);
    return opening;
  }

  private record Parts(Database database, Sealer sealer, StateDigest digest, StoredHead heads) {}

  private static Parts parts(StateDirectory directory, StoreOptions options, Database database) {
    var sealer = new Sealer(directory.sealKey(), options.random());
    var key = Sealer.derived(directory.sealKey(), "HmacSHA256", "testudo cas state digest v1");
    return new Parts(database, sealer, new StateDigest(key), new StoredHead(database, sealer));
  }

  private static void checkRows(Database database, StateDigest digest, Head head)
      throws SQLException, StoreException {
    if (!Transaction.sum(database.connection(), digest).equals(head.state())) {
      throw new StoreException(
          "the database was changed by somebody else than CAS: rows were changed, added, removed or put back;"
              + " put back a good copy of the state");
    }
  }

  private static Identity identity(Parts parts, StoreOptions options)
      throws SQLException, IOException {
    var done = false;
    try {
      parts.database().begin();
      var head = parts.heads().current();
      var transaction =
          new Transaction(
              parts.database(), parts.sealer(), parts.digest(), head.state(), new Holdings());
      var identity = CasIdentity.of(transaction, options);
      var after = head.withState(transaction.state());
      if (!after.equals(head)) {
        parts.heads().save(after);
      }
      parts.database().commit();
      parts.heads().isNow(after);
      done = true;
      return identity;
    } finally {
      if (!done) {
        parts.database().undo();
      }
    }
  }

  /// A copy that is not as CAS left it tells of an older database put back, or of somebody who
  /// changed the log.
  private void openCopy(StoreOptions options) throws SQLException, IOException {
    var key = identity.certificate().getPublicKey();
    var problem = copy.check(database.connection(), heads.current(), key);
    if (problem.isEmpty()) {
      copy.open(database.connection(), heads.current());
      return;
    }
    if (!options.acceptAuditLog()) {
      throw new StoreException(
          problem.get()
              + "; put back what was there, or start once with --accept-audit-log to go on from the"
              + " database, which the log will tell");
    }
    var kept = copy.putAside(heads.current());
    LOG.log(Level.WARNING, "accepted by --accept-audit-log: {0}", problem.get());
    record(new AuditEvent.Continued(problem.get(), kept));
    copy.open(database.connection(), heads.current());
  }

  private void record(AuditEvent event) throws SQLException, IOException {
    var done = false;
    try {
      database.begin();
      var head = heads.current().withExported(0);
      var added = audit.add(database.connection(), head, Optional.empty(), List.of(event));
      heads.save(added.head());
      database.commit();
      heads.isNow(added.head());
      done = true;
    } finally {
      if (!done) {
        database.undo();
      }
    }
  }
}
