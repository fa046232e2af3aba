package dev.testudo.cli.process;

import java.io.IOException;
import java.io.InputStream;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;

/// Starts real processes.
public final class SystemProcesses implements ProcessRunner {
  private static final Duration LAST_WORDS = Duration.ofSeconds(2);
  private static final Duration DEATH = Duration.ofSeconds(5);

  @Override
  public Child start(ChildSpec spec, ChildOutput output) throws IOException {
    var process = builder(spec).start();
    var pumps =
        CompletableFuture.allOf(
            pump(process.getInputStream(), output::out),
            pump(process.getErrorStream(), output::err));
    return new Running(process, ending(process, pumps), false);
  }

  @Override
  public Child foreground(ChildSpec spec) throws IOException {
    var process = builder(spec).inheritIO().start();
    return new Running(process, process.onExit().thenApply(Process::exitValue), true);
  }

  private static ProcessBuilder builder(ChildSpec spec) {
    var builder = new ProcessBuilder(spec.command()).directory(spec.directory().toFile());
    builder.environment().clear();
    builder.environment().putAll(spec.environment());
    return builder;
  }

  /// A grandchild that keeps the pipe open must not delay the news of the child's end for ever.
  private static CompletableFuture<Integer> ending(Process process, CompletableFuture<Void> pumps) {
    return process
        .onExit()
        .thenCompose(
            ended ->
                pumps
                    .completeOnTimeout(null, LAST_WORDS.toMillis(), TimeUnit.MILLISECONDS)
                    .thenApply(_ -> ended.exitValue()));
  }

  private static CompletableFuture<Void> pump(InputStream stream, Consumer<String> lines) {
    var done = new CompletableFuture<Void>();
    Thread.ofVirtual()
        .name("output")
        .start(
            () -> {
              var splitter = new LineSplitter(lines);
              try (stream) {
                var buffer = new byte[LineSplitter.MAX_LINE];
                for (var count = stream.read(buffer); count >= 0; count = stream.read(buffer)) {
                  splitter.write(buffer, count);
                }
              } catch (IOException e) {
                // The pipe broke with the process; its exit code is the news.
              } finally {
                splitter.end();
                done.complete(null);
              }
            });
    return done;
  }

  private record Running(Process process, CompletableFuture<Integer> ended, boolean foreground)
      implements Child {
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
        // Nothing was written, so nothing can be lost: the pipe is closed or its reader is gone.
      }
    }

    @Override
    public void kill() {
      var family = process.descendants().toList();
      process.destroyForcibly();
      family.forEach(ProcessHandle::destroyForcibly);
      awaitAll(family);
    }

    private static void awaitAll(List<ProcessHandle> family) {
      var all =
          CompletableFuture.allOf(
              family.stream().map(ProcessHandle::onExit).toArray(CompletableFuture[]::new));
      all.completeOnTimeout(null, DEATH.toMillis(), TimeUnit.MILLISECONDS).join();
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
