package dev.testudo.cli.process;

import dev.testudo.trust.secret.Secret;
import java.io.IOException;
import java.io.InputStream;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;

/// Starts real processes, and can kill all of them at once.
public final class SystemProcesses implements ProcessRunner {
  private static final Duration LAST_WORDS = Duration.ofSeconds(2);
  private static final Duration DEATH = Duration.ofSeconds(5);

  private final ReentrantLock lock = new ReentrantLock();
  private final Set<Process> alive = new HashSet<>();
  private boolean closed;

  @Override
  public ChildProcess start(ChildSpec spec, ChildOutput output) throws IOException {
    var process = begin(builder(spec));
    if (spec.firstLine().isPresent()) {
      write(process, spec.firstLine().get());
    }
    var pumps =
        CompletableFuture.allOf(
            pump(process, process.getInputStream(), output::out),
            pump(process, process.getErrorStream(), output::err));
    return new Running(process, ending(process, pumps), false);
  }

  @Override
  public ChildProcess foreground(ChildSpec spec) throws IOException {
    var process = begin(builder(spec).inheritIO());
    return new Running(process, process.onExit().thenApply(Process::exitValue), true);
  }

  /// Starts a process unless [#endAll()] has been called.
  private Process begin(ProcessBuilder builder) throws IOException {
    lock.lock();
    try {
      if (closed) {
        throw new IOException("cannot start a process while all processes are being killed");
      }
      var process = builder.start();
      alive.add(process);
      var _ = process.onExit().thenAccept(this::ended);
      return process;
    } finally {
      lock.unlock();
    }
  }

  private void ended(Process process) {
    lock.lock();
    try {
      alive.remove(process);
    } finally {
      lock.unlock();
    }
  }

  /// Kills all started processes with their descendants, and prevents new ones. Waits for their
  /// ends, at most five seconds. Thread-safe.
  public void endAll() {
    List<Process> all;
    lock.lock();
    try {
      closed = true;
      all = List.copyOf(alive);
    } finally {
      lock.unlock();
    }
    kill(all);
  }

  private static void kill(List<Process> processes) {
    var family = new ArrayList<ProcessHandle>();
    processes.forEach(process -> process.descendants().forEach(family::add));
    processes.forEach(process -> family.add(process.toHandle()));
    // Kill the roots first: children that they start meanwhile are not in the list.
    processes.forEach(Process::destroyForcibly);
    family.forEach(ProcessHandle::destroyForcibly);
    var ends = family.stream().map(ProcessHandle::onExit).toArray(CompletableFuture[]::new);
    CompletableFuture.allOf(ends)
        .completeOnTimeout(null, DEATH.toMillis(), TimeUnit.MILLISECONDS)
        .join();
  }

  /// Writes the first line of input. The pipe has room for it. The pipe then stays open, because
  /// the process exits when it closes.
  private static void write(Process process, Secret line) throws IOException {
    var sent =
        line.<Optional<IOException>>reveal(
            bytes -> {
              try {
                var in = process.getOutputStream();
                in.write(bytes);
                in.write('\n');
                in.flush();
                return Optional.empty();
              } catch (IOException e) {
                return Optional.of(e);
              }
            });
    if (sent.isPresent() && process.isAlive()) {
      process.destroyForcibly();
      throw sent.get();
    }
  }

  private static ProcessBuilder builder(ChildSpec spec) {
    var builder = new ProcessBuilder(spec.command()).directory(spec.directory().toFile());
    builder.environment().clear();
    builder.environment().putAll(spec.environment());
    return builder;
  }

  /// Returns a future for the exit code. A grandchild that keeps the pipe open must
  /// not delay it for ever.
  private static CompletableFuture<Integer> ending(Process process, CompletableFuture<Void> pumps) {
    return process
        .onExit()
        .thenCompose(
            ended ->
                pumps
                    .completeOnTimeout(null, LAST_WORDS.toMillis(), TimeUnit.MILLISECONDS)
                    .thenApply(_ -> ended.exitValue()));
  }

  /// Delivers the lines of a stream from a platform thread, since reading a pipe blocks the thread.
  private static CompletableFuture<Void> pump(
      Process process, InputStream stream, Consumer<String> lines) {
    var done = new CompletableFuture<Void>();
    Thread.ofPlatform()
        .daemon()
        .name("output of process " + process.pid())
        .start(
            () -> {
              var splitter = new LineSplitter(lines);
              try (stream) {
                var buffer = new byte[LineSplitter.MAX_LINE];
                for (var count = stream.read(buffer); count >= 0; count = stream.read(buffer)) {
                  splitter.write(buffer, count);
                }
              } catch (IOException e) {
                // The pipe broke because the process ended; its exit code tells why.
              } finally {
                splitter.end();
                done.complete(null);
              }
            });
    return done;
  }

  private record Running(Process process, CompletableFuture<Integer> ended, boolean foreground)
      implements ChildProcess {
    @Override
    public long pid() {
      return process.pid();
    }

    @Override
    public void terminate() {
      if (foreground) {
        process.destroy();
        return;
      }
      try {
        process.getOutputStream().close();
      } catch (IOException e) {
        // Nothing was written, so nothing is lost: the pipe is closed or its reader is gone.
      }
    }

    @Override
    public void kill() {
      SystemProcesses.kill(List.of(process));
    }

    @Override
    public boolean stop(Duration patience) throws InterruptedException {
      terminate();
      if (endsWithin(patience)) {
        return true;
      }
      kill();
      endsWithin(DEATH);
      return false;
    }

    private boolean endsWithin(Duration limit) throws InterruptedException {
      try {
        ended.get(limit.toMillis(), TimeUnit.MILLISECONDS);
        return true;
      } catch (TimeoutException e) {
        return false;
      } catch (ExecutionException e) {
        throw new IllegalStateException(e.getCause());
      }
    }
  }
}
