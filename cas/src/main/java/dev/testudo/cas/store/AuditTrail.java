package dev.testudo.cas.store;

import dev.testudo.cas.audit.AuditEvent;
import dev.testudo.cas.caller.Caller;
import dev.testudo.trust.pki.Identity;
import java.io.IOException;
import java.nio.file.Path;
import java.security.PublicKey;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import java.util.Optional;

/// The audit log: its lines in the database, which count, and their copy in a file, which people
/// read and which may lag behind.
final class AuditTrail implements AutoCloseable {
  private final AuditTable table;
  private final AuditCopy copy;
  private final PublicKey key;

  AuditTrail(Identity signer, Path directory, StoreOptions options) {
    this.table = new AuditTable(signer, options.random(), options.clock(), options.auditQuota());
    this.copy = new AuditCopy(directory);
    this.key = signer.certificate().getPublicKey();
  }

  /// Checks that the lines in the database are the ones that `head` was computed from.
  ///
  /// @throws StoreException if they are not
  void check(Connection connection, Head head) throws SQLException, IOException {
    table.check(connection, head);
  }

  /// Compares the copy with the lines in the database, which were checked.
  ///
  /// @return what is wrong; empty if the copy can be continued
  Optional<String> checkCopy(Connection connection, Head head) throws SQLException, IOException {
    return copy.check(connection, head, key);
  }

  /// Keeps the copy that was found under another name.
  ///
  /// @return that name, empty if there was no copy
  String putCopyAside(Head head) throws IOException {
    return copy.putAside(head);
  }

  /// Opens the copy and adds what it lacks.
  void openCopy(Connection connection, Head head) throws SQLException, IOException {
    copy.open(connection, head);
  }

  /// Adds the lines about `events` within the running transaction.
  AuditTable.Added add(
      Connection connection, Head head, Optional<Caller> caller, List<AuditEvent> events)
      throws SQLException {
    return table.add(connection, head, caller, events);
  }

  /// Copies lines that were just committed.
  ///
  /// @param before the head before them
  /// @throws IOException if the copy lags behind now; [#catchUp] repairs it
  void copy(Connection connection, Head before, AuditTable.Added added)
      throws SQLException, IOException {
    if (added.cut()) {
      copy.begin(connection);
    } else if (!added.lines().isEmpty()) {
      copy.add(before.sequence() + 1, added.lines());
    }
  }

  /// Adds to the copy whatever it lacks, and makes it durable.
  void catchUp(Connection connection) throws SQLException, IOException {
    copy.catchUp(connection);
    copy.sync();
  }

  /// Returns the number of the newest line that is durable in the copy.
  long copied() {
    return copy.synced();
  }

  @Override
  public void close() throws IOException {
    copy.close();
  }
}
