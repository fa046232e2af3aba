package dev.testudo.cas.store.log;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.testudo.cas.audit.AuditEntry;
import dev.testudo.cas.audit.AuditEvent;
import dev.testudo.cas.caller.Caller;
import dev.testudo.cas.store.database.StoreException;
import dev.testudo.trust.audit.AuditChain;
import dev.testudo.trust.audit.AuditLine;
import dev.testudo.trust.audit.AuditSigner;
import java.io.IOException;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// The lines of the audit log in the database.
public final class AuditTable {
  /// The part of the quota, in quarters, that is left when the log is cut.
  private static final int LEFT = 3;

  /// The lines that the driver fetches at a time. There are many, and most are short.
  private static final int ROWS = 100;

  private final AuditSigner signer;
  private final InstantSource clock;
  private final long quota;

  /// Creates the log.
  ///
  /// @param quota the most bytes of all lines
  public AuditTable(AuditSigner signer, InstantSource clock, long quota) {
    this.signer = signer;
    this.clock = clock;
    this.quota = quota;
  }

  /// The lines that a transaction added.
  ///
  /// @param head the head afterwards
  /// @param lines the lines added, without line feeds
  /// @param cut true if old lines were removed
  public record Added(Head head, List<byte[]> lines, boolean cut) {}

  /// Receives lines of the log.
  @FunctionalInterface
  interface Reader {
    void line(long sequence, byte[] line) throws IOException;
  }

  /// Adds `events`. If the log exceeds its quota then, removes the oldest lines.
  Added add(Connection connection, Head head, Optional<Caller> caller, List<AuditEvent> events)
      throws SQLException {
    var lines = new ArrayList<byte[]>();
    var after = head;
    for (var event : events) {
      after = add(connection, after, caller, event, lines);
    }
    if (after.bytes() <= quota) {
      return new Added(after, lines, false);
    }
    var removed = after.first();
    var cut = cut(connection, after);
    var checkpoint =
        new AuditEvent.Checkpoint(
            cut.head().first(), cut.previous(), cut.head().first() - removed, signer.keys());
    after = add(connection, cut.head(), Optional.empty(), checkpoint, lines);
    return new Added(after, lines, true);
  }

  private Head add(
      Connection connection,
      Head head,
      Optional<Caller> caller,
      AuditEvent event,
      List<byte[]> lines)
      throws SQLException {
    var entry = new AuditEntry(head.sequence() + 1, clock.instant(), head.hash(), caller, event);
    var line = AuditLine.sign(entry.json(), signer);
    try (var insert =
        connection.prepareStatement(
            "INSERT INTO audit (sequence, request, line) VALUES (?, ?, ?)")) {
      insert.setLong(1, entry.sequence());
      insert.setString(2, caller.map(Caller::request).orElse(null));
      insert.setBytes(3, line);
      insert.executeUpdate();
    }
    lines.add(line);
    return head.withLine(AuditLine.hash(line), line.length + 1);
  }

  private record Cut(Head head, String previous) {}

  private Cut cut(Connection connection, Head head) throws SQLException {
    var first = head.first();
    var removed = 0L;
    var previous = AuditLine.NOTHING;
    try (var statement = from(connection, 0);
        var rows = statement.executeQuery()) {
      while (rows.next()
          && rows.getLong(1) < head.sequence()
          && head.bytes() - removed > quota / (LEFT + 1) * LEFT) {
        var line = rows.getBytes(2);
        first = rows.getLong(1) + 1;
        removed += line.length + 1;
        previous = AuditLine.hash(line);
      }
    }
    try (var delete = connection.prepareStatement("DELETE FROM audit WHERE sequence < ?")) {
      delete.setLong(1, first);
      delete.executeUpdate();
    }
    return new Cut(head.cut(first, removed), previous);
  }

  /// Checks that the log with the head `now` continues the one with the head `before`.
  ///
  /// @throws StoreException if it does not
  public static void requireSuccessor(Connection connection, Head before, Head now)
      throws SQLException, StoreException {
    var isCut = before.sequence() < now.first();
    if (now.sequence() >= before.sequence()
        && now.steps().mayContinue(before.steps())
        && (isCut || isLine(connection, before.sequence(), before.hash(), now))) {
      return;
    }
    throw new StoreException(
        StoreException.Reason.OLDER_DATABASE,
        "the database lost commits: it ends with line %d and commit %d and does not continue line %d and commit %d, which this CAS has seen; an older copy was restored, or a standby without all commits took over"
            .formatted(
                now.sequence(), now.steps().count(), before.sequence(), before.steps().count()));
  }

  /// Returns true if the log with the head `now` has a line with that number and hash.
  public static boolean isLine(Connection connection, long sequence, String hash, Head now)
      throws SQLException {
    return sequence == now.sequence()
        ? hash.equals(now.hash())
        : sequence == 0 || hash(connection, sequence).filter(hash::equals).isPresent();
  }

  /// Passes every line from number `from` on to `reader`.
  static void read(Connection connection, long from, Reader reader)
      throws SQLException, IOException {
    try (var statement = from(connection, from);
        var rows = statement.executeQuery()) {
      while (rows.next()) {
        reader.line(rows.getLong(1), rows.getBytes(2));
      }
    }
  }

  /// Returns a query for number and content of every line from number `first` on.
  static PreparedStatement from(Connection connection, long first) throws SQLException {
    var statement =
        connection.prepareStatement(
            "SELECT sequence, line FROM audit WHERE sequence >= ? ORDER BY sequence");
    statement.setFetchSize(ROWS);
    statement.setLong(1, first);
    return statement;
  }

  /// Returns the hash of line number `sequence`; empty if the log does not have it.
  public static Optional<String> hash(Connection connection, long sequence) throws SQLException {
    try (var statement = connection.prepareStatement("SELECT line FROM audit WHERE sequence = ?")) {
      statement.setLong(1, sequence);
      try (var row = statement.executeQuery()) {
        return row.next() ? Optional.of(AuditLine.hash(row.getBytes(1))) : Optional.empty();
      }
    }
  }

  /// Returns the lines about one request, at most 100.
  public static List<byte[]> ofRequest(Connection connection, String request) throws SQLException {
    var lines = new ArrayList<byte[]>();
    try (var statement =
        connection.prepareStatement(
            "SELECT line FROM audit WHERE request = ? ORDER BY sequence LIMIT 100")) {
      statement.setString(1, request);
      try (var rows = statement.executeQuery()) {
        while (rows.next()) {
          lines.add(rows.getBytes(1));
        }
      }
    }
    return lines;
  }

  /// Returns the newest lines, the newest first.
  ///
  /// @param mostBytes the most bytes of them all, except for one more line
  public static List<byte[]> newest(Connection connection, int most, int mostBytes)
      throws SQLException {
    var lines = new ArrayList<byte[]>();
    try (var statement =
        connection.prepareStatement("SELECT line FROM audit ORDER BY sequence DESC LIMIT ?")) {
      statement.setFetchSize(ROWS);
      statement.setInt(1, most);
      try (var rows = statement.executeQuery()) {
        for (var bytes = 0; bytes < mostBytes && rows.next(); ) {
          var line = rows.getBytes(1);
          lines.add(line);
          bytes += line.length;
        }
      }
    }
    return lines;
  }

  /// Returns the newest line that contains `text`.
  public static Optional<byte[]> newest(Connection connection, String text) throws SQLException {
    try (var statement =
        connection.prepareStatement("SELECT line FROM audit ORDER BY sequence DESC")) {
      statement.setFetchSize(ROWS);
      try (var rows = statement.executeQuery()) {
        while (rows.next()) {
          var line = rows.getBytes(1);
          if (new String(line, UTF_8).contains(text)) {
            return Optional.of(line);
          }
        }
      }
    }
    return Optional.empty();
  }

  /// Checks every line, and that the log is the one that `head` describes.
  void check(Connection connection, Head head) throws SQLException, IOException {
    var chain = new AuditChain();
    var last = new byte[1][];
    read(
        connection,
        0,
        (number, line) -> {
          var problem = chain.add(line);
          if (problem.isPresent()) {
            throw changed("line %d: %s".formatted(number, problem.get()));
          }
          last[0] = line;
        });
    if (!chain.last().map(AuditLine::hash).orElse(AuditLine.NOTHING).equals(head.hash())
        || chain.last().map(AuditLine::sequence).orElse(0L) != head.sequence()
        || chain.first().map(AuditLine::sequence).orElse(head.first()) != head.first()) {
      throw changed("lines at its beginning or its end are missing");
    }
    if (last[0] != null && !AuditLine.isSigned(last[0], signer.keys())) {
      throw changed("the last line is not signed by CAS");
    }
  }

  private static StoreException changed(String how) {
    return new StoreException(
        StoreException.Reason.CHANGED_LOG,
        "the audit log in the database was changed: " + how + "; restore a good copy of the state");
  }
}
