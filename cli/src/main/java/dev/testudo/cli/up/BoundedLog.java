package dev.testudo.cli.up;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.locks.ReentrantLock;

/// A log file of limited size. The last lines are kept in memory for error messages.
final class BoundedLog implements AutoCloseable {
  private static final long MAX_BYTES = 8L << 20;
  private static final int LAST = 5;

  private final ReentrantLock lock = new ReentrantLock();
  private final Deque<String> last = new ArrayDeque<>();
  private final OutputStream out;
  private long written;

  private BoundedLog(OutputStream out) {
    this.out = out;
  }

  /// Creates or truncates `file`.
  static BoundedLog create(Path file) throws IOException {
    return new BoundedLog(Files.newOutputStream(file));
  }

  void line(String line) {
    lock.lock();
    try {
      last.addLast(line);
      if (last.size() > LAST) {
        last.removeFirst();
      }
      if (written < MAX_BYTES) {
        var bytes = (line + "\n").getBytes(UTF_8);
        out.write(bytes);
        written += bytes.length;
      }
    } catch (IOException e) {
      // A full disk must not stop the mesh. The last lines stay in memory.
      written = MAX_BYTES;
    } finally {
      lock.unlock();
    }
  }

  List<String> last() {
    lock.lock();
    try {
      return List.copyOf(last);
    } finally {
      lock.unlock();
    }
  }

  @Override
  public void close() throws IOException {
    out.close();
  }
}
