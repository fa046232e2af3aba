package dev.testudo.cas.export;

import java.io.IOException;
import java.lang.System.Logger.Level;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/// Copies each new line of an audit log to a sink, in a thread of its own. CAS never waits for it.
/// A sink that fails or is slow gets the lines later, from the file.
public final class AuditExport implements PreparedExport {
  private static final System.Logger LOG = System.getLogger(AuditExport.class.getName());
  private static final Duration LOOK = Duration.ofMillis(100);
  private static final Duration LEAST_PAUSE = Duration.ofSeconds(1);
  private static final Duration MOST_PAUSE = Duration.ofSeconds(30);

  /// How long the end of CAS may wait for the last lines to be delivered.
  private static final Duration LAST_LINES = Duration.ofSeconds(2);

  private final AuditSink sink;
  private final FollowedLog log;
  private final CountDownLatch closing = new CountDownLatch(1);
  private final Thread thread;
  private AuditSink.@Nullable Open open;
  private boolean failing;

  private AuditExport(AuditSink sink, FollowedLog log) {
    this.sink = sink;
    this.log = log;
    this.thread = Thread.ofPlatform().daemon().name("audit-export").unstarted(this::run);
  }

  /// Prepares the export of what will be added to the log in the state directory `state`. Without a
  /// sink nothing is exported.
  public static PreparedExport of(Path state, Optional<AuditSink> sink) throws IOException {
    return sink.isPresent()
        ? new AuditExport(sink.get(), FollowedLog.fromEnd(state.resolve("audit.jsonl")))
        : new Nothing();
  }

  private static final class Nothing implements PreparedExport {
    @Override
    public void start() {}

    @Override
    public void close() {}
  }

  @Override
  public void start() {
    thread.start();
  }

  private void run() {
    try {
      while (true) {
        var isLast = closing.getCount() == 0;
        var line = next();
        if (line.isPresent()) {
          deliver(line.get());
        } else if (isLast) {
          return;
        } else {
          pause();
        }
      }
    } catch (InterruptedException e) {
      // CAS ends; the file has the rest.
    } finally {
      closeSink();
    }
  }

  /// Waits a moment, or until CAS ends.
  private void pause() throws InterruptedException {
    if (closing.await(LOOK.toMillis(), TimeUnit.MILLISECONDS)) {
      LOG.log(Level.DEBUG, "the last lines are exported");
    }
  }

  private Optional<byte[]> next() {
    try {
      return log.next();
    } catch (IOException e) {
      failed(e);
      return Optional.empty();
    }
  }

  /// Writes a line, and tries again until it succeeds.
  private void deliver(byte[] line) throws InterruptedException {
    for (var pause = LEAST_PAUSE; ; pause = longer(pause)) {
      try {
        if (open == null) {
          open = sink.open();
        }
        open.write(line);
        works();
        return;
      } catch (IOException e) {
        failed(e);
        closeSink();
        // Interrupted when CAS has waited long enough for the last lines.
        Thread.sleep(pause);
      }
    }
  }

  private static Duration longer(Duration pause) {
    var twice = pause.multipliedBy(2);
    return twice.compareTo(MOST_PAUSE) > 0 ? MOST_PAUSE : twice;
  }

  private void failed(IOException cause) {
    if (!failing) {
      LOG.log(
          Level.WARNING,
          "the audit log cannot be exported to {0}: {1}; CAS tries again and loses nothing",
          sink,
          cause.getMessage());
    }
    failing = true;
  }

  private void works() {
    if (failing) {
      LOG.log(Level.INFO, "the audit log is exported to {0} again", sink);
    }
    failing = false;
  }

  private void closeSink() {
    var before = open;
    open = null;
    if (before != null) {
      try {
        before.close();
      } catch (IOException e) {
        // It is closed as far as it can be.
      }
    }
  }

  /// Delivers the lines that are in the file, for at most two seconds, and ends.
  @Override
  public void close() throws IOException {
    closing.countDown();
    try {
      if (thread.isAlive() && !thread.join(LAST_LINES)) {
        thread.interrupt();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    log.close();
  }
}
