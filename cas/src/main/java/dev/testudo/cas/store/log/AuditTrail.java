package dev.testudo.cas.store.log;

import dev.testudo.cas.audit.AuditEvent;
import dev.testudo.cas.caller.Caller;
import dev.testudo.trust.audit.AnchoredHead;
import dev.testudo.trust.audit.AuditKeys;
import java.io.IOException;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;

/// The audit log: its lines in the database, which are authoritative, and their copy in a file for
/// people, which may lag behind.
public final class AuditTrail implements AutoCloseable {
  private final AuditTable table;
  private final AuditCopy copy;
  private final AuditKeys keys;
  private final String process;
  private final Optional<Anchor> anchor;

  /// Creates the log that `keys` verify.
  ///
  /// @param copy closed with the log
  /// @param process the name of this process among those that share the database
  /// @param anchor a place outside the state that knows the last line; closed with the log
  public AuditTrail(
      AuditTable table, AuditCopy copy, AuditKeys keys, String process, Optional<Anchor> anchor) {
    this.anchor = anchor;
    this.process = process;
    this.table = table;
    this.copy = copy;
    this.keys = keys;
  }

  /// Checks that the lines in the database are the ones that `head` was computed from.
  ///
  /// @throws StoreException if they are not
  public void check(Connection connection, Head head) throws SQLException, IOException {
    table.check(connection, head);
  }

  /// Compares the copy with the lines in the database, which must have been checked.
  ///
  /// @return what is wrong; empty if the copy can be continued
  public Optional<CopyFault> checkCopy(Connection connection, Head head)
      throws SQLException, IOException {
    return copy.check(connection, head, head.copies().of(process), keys);
  }

  /// Compares the log with the anchor, if there is one.
  ///
  /// @return what is wrong; empty if the log continues the anchored line
  public Optional<CopyFault> checkAnchor(Connection connection, Head head)
      throws SQLException, IOException {
    return anchor.isEmpty()
        ? Optional.empty()
        : anchor.get().check(head, lookup(() -> connection, () -> head));
  }

  /// Reads the head of the store, which another process may have changed.
  @FunctionalInterface
  public interface Newest {
    /// Returns the head.
    Head head() throws SQLException, IOException;
  }

  private static Anchor.Lookup lookup(Supplier<Connection> connection, Newest newest) {
    return new Anchor.Lookup() {
      @Override
      public Optional<String> hash(long sequence) throws IOException {
        try {
          return AuditTable.hash(connection.get(), sequence);
        } catch (SQLException e) {
          throw new IOException(e);
        }
      }

      @Override
      public boolean mayContinue(AnchoredHead other) throws IOException {
        try {
          return newest.head().steps().mayContinue(other);
        } catch (SQLException e) {
          throw new IOException(e);
        }
      }
    };
  }

  /// Makes the last committed head durable in the anchor, if there is one.
  ///
  /// @param newest reads the head that the store has now
  /// @throws IOException if that fails; no answer may leave then
  public void anchor(Supplier<Connection> connection, Newest newest, Head head) throws IOException {
    if (anchor.isPresent()) {
      anchor.get().set(head.anchored(), lookup(connection, newest));
    }
  }

  /// Makes the head durable in the anchor, whatever it has, because the operator accepts that.
  public void acceptAnchor(Head head) throws IOException {
    if (anchor.isPresent()) {
      anchor.get().accept(head.anchored());
    }
  }

  /// Renames the copy that was found.
  ///
  /// @return the new name; empty if there was no copy
  public String putCopyAside(Head head) throws IOException {
    return copy.putAside(head);
  }

  /// Opens the copy and adds the missing lines.
  public void openCopy(Connection connection, Head head) throws SQLException, IOException {
    copy.open(connection, head);
  }

  /// Adds the lines for `events` within the running transaction.
  public AuditTable.Added add(
      Connection connection, Head head, Optional<Caller> caller, List<AuditEvent> events)
      throws SQLException {
    return table.add(connection, head, caller, events);
  }

  /// Copies lines that were just committed.
  ///
  /// @param before the head before them
  /// @throws IOException if the copy lags behind now; [#catchUp] repairs it
  public void copy(Connection connection, Head before, AuditTable.Added added)
      throws SQLException, IOException {
    if (added.cut()) {
      copy.begin(connection);
    } else if (!added.lines().isEmpty() && !copy.add(before.sequence() + 1, added.lines())) {
      // Another process added lines before these.
      copy.catchUp(connection);
    }
  }

  /// Adds the missing lines to the copy and makes it durable.
  public void catchUp(Connection connection) throws SQLException, IOException {
    copy.catchUp(connection);
    copy.sync();
  }

  /// Returns `head` with the number of the newest line that is durable in the copy.
  public Head withCopied(Head head) {
    return head.withCopied(process, copy.synced());
  }

  /// Returns `head` for a copy that begins anew.
  public Head withoutCopy(Head head) {
    return head.withCopied(process, 0);
  }

  @Override
  public void close() throws IOException {
    try (copy) {
      if (anchor.isPresent()) {
        anchor.get().close();
      }
    }
  }
}
