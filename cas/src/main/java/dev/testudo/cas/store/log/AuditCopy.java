package dev.testudo.cas.store.log;

import dev.testudo.cas.store.database.StoreException.Reason;
import dev.testudo.trust.audit.AuditKeys;
import dev.testudo.trust.audit.AuditLine;
import dev.testudo.trust.audit.AuditLines;
import dev.testudo.trust.json.MessageException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.Arrays;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// The file `audit.jsonl`, the copy of the audit log for people and other programs. Lines are added
/// after they were committed. After a failure, missing lines are taken from the database.
///
/// When the log in the database is cut, the file is replaced, and the previous one is kept
/// as `audit.1.jsonl`. The one before that is `audit.2.jsonl`, and so on.
public final class AuditCopy implements AutoCloseable {
  private static final FileAttribute<Set<PosixFilePermission>> OWNER_ONLY =
      PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"));

  private final Path file;
  private final int files;
  private @Nullable FileChannel channel;

  /// The size of the file up to its last complete line, and the number of that line.
  private long length;
  private long written;
  private volatile long synced;

  /// True if the file must be written again from scratch before lines are added.
  private boolean stale;

  /// Creates the copy in `directory`.
  ///
  /// @param files how many earlier files are kept
  public AuditCopy(Path directory, int files) {
    this.files = files;
    this.file = directory.resolve("audit.jsonl");
  }

  /// Compares the file with the database and returns what is wrong.
  ///
  /// @param connection the database, whose log has been checked
  /// @param exported the number of the last line that was durable in the file
  /// @return empty if the file can be continued
  Optional<CopyFault> check(Connection connection, Head head, long exported, AuditKeys keys)
      throws SQLException, IOException {
    if (!Files.exists(file)) {
      return exported >= head.first()
          ? Optional.of(
              new CopyFault(
                  Reason.NO_COPY, "%s is missing; it had %d lines".formatted(file, exported)))
          : Optional.empty();
    }
    try (var lines = AuditLines.open(file);
        var statement = AuditTable.from(connection, 0);
        var rows = statement.executeQuery()) {
      for (var line = lines.next(); line.isPresent(); line = lines.next()) {
        var number = number(line.get());
        if (number < head.first() && written == 0) {
          length = lines.whole();
          continue;
        }
        var problem =
            compare(line.get(), number, rows.next() ? rows.getBytes(2) : null, head, keys);
        if (problem.isPresent()) {
          var text = "%s:%d: %s".formatted(file, lines.number(), problem.get().text());
          return Optional.of(new CopyFault(problem.get().reason(), text));
        }
        written = number;
        length = lines.whole();
      }
    } catch (IOException e) {
      return Optional.of(new CopyFault(Reason.CHANGED_COPY, String.valueOf(e.getMessage())));
    }
    return written < exported
        ? Optional.of(
            new CopyFault(
                Reason.SHORTENED_COPY,
                "%s was shortened: it ends with number %d and had number %d"
                    .formatted(file, written, exported)))
        : Optional.empty();
  }

  private static Optional<CopyFault> compare(
      byte[] line, long number, byte @Nullable [] expected, Head head, AuditKeys keys) {
    if (Arrays.equals(line, expected)) {
      return Optional.empty();
    }
    if (expected == null && number > head.sequence() && AuditLine.isSigned(line, keys)) {
      return Optional.of(
          new CopyFault(
              Reason.OLDER_DATABASE,
              "the log is newer than the database, which ends with number %d: an older database was restored"
                  .formatted(head.sequence())));
    }
    return Optional.of(
        new CopyFault(
            Reason.CHANGED_COPY,
            "this line differs from the one in the database: the file was changed"));
  }

  /// Returns the number of a line, or the largest number if it is not a line of the log.
  private static long number(byte[] line) {
    try {
      return AuditLine.read(line).sequence();
    } catch (MessageException e) {
      return Long.MAX_VALUE;
    }
  }

  /// Renames the file that was found.
  ///
  /// @return the new name; empty if there was no file
  String putAside(Head head) throws IOException {
    written = 0;
    length = 0;
    if (!Files.exists(file)) {
      return "";
    }
    var aside = file.resolveSibling("audit.found-%d.jsonl".formatted(head.sequence() + 1));
    Files.move(file, aside, StandardCopyOption.REPLACE_EXISTING);
    return String.valueOf(aside.getFileName());
  }

  /// Opens the file and adds the missing lines.
  void open(Connection connection, Head head) throws SQLException, IOException {
    var out =
        FileChannel.open(
            file, Set.of(StandardOpenOption.CREATE, StandardOpenOption.WRITE), OWNER_ONLY);
    channel = out;
    out.truncate(length);
    out.position(length);
    if (written == 0 && length > 0) {
      begin(connection);
    }
    catchUp(connection);
    sync();
  }

  /// Adds lines that were just committed. The first of them is number `first`.
  ///
  /// @return false if nothing was added, because lines before them are missing
  /// @throws IOException if not all could be added; [#catchUp] adds them later
  boolean add(long first, Iterable<byte[]> lines) throws IOException {
    if (stale || first != written + 1) {
      return false;
    }
    for (var line : lines) {
      append(line);
    }
    return true;
  }

  /// Adds every line of the database that is missing in the file.
  void catchUp(Connection connection) throws SQLException, IOException {
    if (stale || isCut(connection)) {
      begin(connection);
    } else {
      AuditTable.read(connection, written + 1, (_, line) -> append(line));
    }
  }

  /// Returns true if the database lacks the next line of the file, because another process cut the
  /// log.
  private boolean isCut(Connection connection) throws SQLException {
    try (var statement = connection.prepareStatement("SELECT min(sequence) FROM audit");
        var row = statement.executeQuery()) {
      return written != 0 && row.next() && row.getLong(1) > written + 1;
    }
  }

  /// Replaces the file by the lines in the database and keeps the previous files.
  void begin(Connection connection) throws SQLException, IOException {
    var draft = file.resolveSibling("audit.jsonl.new");
    stale = true;
    Files.deleteIfExists(draft);
    var before = channel;
    channel =
        FileChannel.open(
            draft, Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE), OWNER_ONLY);
    written = 0;
    length = 0;
    if (before != null) {
      before.close();
    }
    AuditTable.read(connection, 0, (number, line) -> appendAs(number, line));
    requireChannel().force(true);
    keep();
    Files.move(draft, file, StandardCopyOption.ATOMIC_MOVE);
    stale = false;
  }

  /// Renames the earlier files to make room for this one, and removes those that are too many.
  /// After a crash two names may have the same file, but none is missing.
  private void keep() throws IOException {
    if (Files.exists(earlier(1)) && Files.isSameFile(earlier(1), file)) {
      return;
    }
    var last = 1;
    while (last < files && Files.exists(earlier(last))) {
      last++;
    }
    for (var number = last; number >= 1; number--) {
      name(number == 1 ? file : earlier(number - 1), earlier(number));
    }
    for (var number = files + 1; Files.deleteIfExists(earlier(number)); number++) {
      // The operator wants fewer now.
    }
  }

  private Path earlier(int number) {
    return file.resolveSibling("audit.%d.jsonl".formatted(number));
  }

  /// Gives a file another name, in place of the file that had it.
  private void name(Path from, Path to) throws IOException {
    var draft = file.resolveSibling("audit.jsonl.kept");
    Files.deleteIfExists(draft);
    Files.createLink(draft, from);
    Files.move(draft, to, StandardCopyOption.ATOMIC_MOVE);
    // It stays if both names were those of one file already.
    Files.deleteIfExists(draft);
  }

  private void append(byte[] line) throws IOException {
    appendAs(written == 0 ? number(line) : written + 1, line);
  }

  private void appendAs(long number, byte[] line) throws IOException {
    var out = requireChannel();
    if (out.size() > length) {
      // Remove what a failed write left behind.
      out.truncate(length);
    }
    out.position(length);
    var buffer = ByteBuffer.allocate(line.length + 1).put(line).put((byte) '\n').flip();
    while (buffer.hasRemaining()) {
      out.write(buffer);
    }
    length += line.length + 1L;
    written = number;
  }

  private FileChannel requireChannel() throws IOException {
    if (channel == null) {
      throw new IOException(file + " is not open");
    }
    return channel;
  }

  /// Makes durable what was written so far.
  void sync() throws IOException {
    var upTo = written;
    if (upTo != synced) {
      requireChannel().force(false);
      synced = upTo;
    }
  }

  /// Returns the number of the last line that is durable.
  long synced() {
    return synced;
  }

  @Override
  public void close() throws IOException {
    if (channel != null) {
      channel.close();
    }
  }
}
