package dev.testudo.cli.terminal;

import dev.testudo.image.oci.Descriptor;
import dev.testudo.image.oci.Digest;
import dev.testudo.image.transfer.TransferListener;
import java.io.PrintStream;
import java.util.Collection;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/// Shows how a transfer proceeds. On a terminal it is one line that changes. Elsewhere it is a line
/// for each blob that is done, and at least one every ten seconds. Thread-safe.
public final class TransferLines implements TransferListener, AutoCloseable {
  /// What is done with the blobs.
  public enum Words {
    /// They are copied to another place.
    COPYING("copied", "is there:"),
    /// They are read.
    READING("read", "known:");

    private final String done;
    private final String spared;

    Words(String done, String spared) {
      this.done = done;
      this.spared = spared;
    }
  }

  private static final long FRAME = TimeUnit.MILLISECONDS.toNanos(100);
  private static final long REMINDER = TimeUnit.SECONDS.toNanos(10);
  private static final String CLEAR = "\r\u001b[K";

  private final Words words;
  private final PrintStream out;
  private final boolean live;
  private final Map<Digest, Long> positions = new HashMap<>();
  private int blobs;
  private int done;
  private long total;
  private long lastLine = System.nanoTime();

  /// Creates lines that write to `out`.
  ///
  /// @param live true if a line may be changed
  public TransferLines(Words words, PrintStream out, boolean live) {
    this.words = words;
    this.out = out;
    this.live = live;
  }

  @Override
  public synchronized void planned(Collection<Descriptor> all) {
    blobs = all.size();
    total = all.stream().mapToLong(Descriptor::size).sum();
  }

  @Override
  public synchronized void at(Descriptor blob, long position) {
    positions.put(blob.digest(), position);
    var now = System.nanoTime();
    if (now - lastLine >= (live ? FRAME : REMINDER)) {
      lastLine = now;
      show(state());
    }
  }

  @Override
  public synchronized void done(Descriptor blob, boolean sent) {
    done++;
    positions.put(blob.digest(), blob.size());
    if (live) {
      show(state());
    } else {
      lastLine = System.nanoTime();
      show(
          "%s %s, %s (%d of %d)"
              .formatted(
                  sent ? words.done : words.spared, blob.digest(), size(blob.size()), done, blobs));
    }
  }

  private String state() {
    var moved = positions.values().stream().mapToLong(Long::longValue).sum();
    return "%s %d of %d blobs, %s of %s"
        .formatted(words.done, done, blobs, size(moved), size(total));
  }

  private void show(String line) {
    if (live) {
      out.print(CLEAR + line);
      out.flush();
    } else {
      out.println(line);
    }
  }

  /// Returns a number of bytes for people.
  public static String size(long bytes) {
    return bytes < 100_000
        ? "%d bytes".formatted(bytes)
        : String.format(Locale.ROOT, "%.1f MB", bytes / 1e6);
  }

  /// Removes the line that changes.
  @Override
  public synchronized void close() {
    if (live && blobs > 0) {
      out.print(CLEAR);
      out.flush();
    }
  }
}
