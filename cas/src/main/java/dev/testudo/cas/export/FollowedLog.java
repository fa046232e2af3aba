package dev.testudo.cas.export;

import dev.testudo.trust.audit.AuditLine;
import java.io.ByteArrayOutputStream;
import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// Reads the lines that are added to a log, also when another file takes its place. Memory is
/// limited by the length of a line: what has not been read stays in the file.
public final class FollowedLog implements Closeable {
  private static final int CHUNK = 64 << 10;
  private final Path file;
  private final Deque<byte[]> lines = new ArrayDeque<>();
  private final ByteArrayOutputStream unfinished = new ByteArrayOutputStream();
  private @Nullable FileChannel channel;
  private @Nullable Object identity;
  private long position;

  /// True until the first line feed, if reading began within a line.
  private boolean withinLine;

  private FollowedLog(Path file) {
    this.file = file;
  }

  /// Follows `file` from its current end on, or from its beginning if it does not exist yet.
  static FollowedLog fromEnd(Path file) throws IOException {
    return from(file, 0);
  }

  /// Follows `file` from the first line that begins within its last `bytes` on.
  public static FollowedLog fromLast(Path file, long bytes) throws IOException {
    var log = from(file, bytes);
    log.withinLine = log.position > 0;
    return log;
  }

  private static FollowedLog from(Path file, long bytes) throws IOException {
    var log = new FollowedLog(file);
    if (Files.exists(file)) {
      log.open();
      log.position = Math.max(0, Files.size(file) - bytes);
    }
    return log;
  }

  /// Returns the next whole line without its line feed, if there is one by now.
  public Optional<byte[]> next() throws IOException {
    if (lines.isEmpty() && !read() && isReplaced()) {
      // Once the file was replaced nothing is added to the old one, so this reads its rest.
      if (!read()) {
        close();
        unfinished.reset();
        withinLine = false;
        position = 0;
        open();
        read();
      }
    }
    return Optional.ofNullable(lines.poll());
  }

  private void open() throws IOException {
    channel = FileChannel.open(file);
    identity = identity();
  }

  private Object identity() throws IOException {
    return Objects.requireNonNull(Files.readAttributes(file, BasicFileAttributes.class).fileKey());
  }

  private boolean isReplaced() throws IOException {
    try {
      return !identity().equals(identity);
    } catch (NoSuchFileException e) {
      return false;
    }
  }

  /// Reads what is there, at most one chunk.
  ///
  /// @return false at the end of the file
  private boolean read() throws IOException {
    if (channel == null) {
      return false;
    }
    var chunk = ByteBuffer.allocate(CHUNK);
    if (channel.read(chunk, position) <= 0) {
      return false;
    }
    position += chunk.position();
    for (var i = 0; i < chunk.position(); i++) {
      add(chunk.get(i));
    }
    return true;
  }

  private void add(byte one) {
    if (withinLine) {
      withinLine = one != '\n';
    } else if (one == '\n') {
      lines.add(unfinished.toByteArray());
      unfinished.reset();
    } else if (unfinished.size() < AuditLine.LIMIT) {
      unfinished.write(one);
    }
  }

  @Override
  public void close() throws IOException {
    if (channel != null) {
      channel.close();
    }
    channel = null;
  }
}
