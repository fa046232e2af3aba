package dev.testudo.shield.escape;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.io.Writer;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;

/// A process that communicates in lines. Waiting for a line has a time limit.
final class Talk implements AutoCloseable {
  private static final long LIMIT_SECONDS = 180;

  private final Process process;
  private final Writer input;
  private final LinkedBlockingQueue<Optional<String>> lines = new LinkedBlockingQueue<>();

  /// Starts the process. Its standard error is kept in `target/escape/errors.log`.
  Talk(ProcessBuilder builder) throws IOException {
    var errors = Binaries.CACHE.resolve("errors.log").toFile();
    process = builder.redirectError(ProcessBuilder.Redirect.appendTo(errors)).start();
    input = process.outputWriter(UTF_8);
    Thread.ofVirtual().start(this::read);
  }

  private void read() {
    try (var output = process.inputReader(UTF_8)) {
      output.lines().forEach(line -> lines.add(Optional.of(line)));
    } catch (IOException | RuntimeException e) {
      lines.add(Optional.of("cannot be read: " + e));
    }
    lines.add(Optional.empty()); // the end
  }

  void say(String line) throws IOException {
    input.write(line + "\n");
    input.flush();
  }

  /// Returns the next line, or empty at the end of the output or after the time limit.
  Optional<String> hear() throws InterruptedException {
    var line = lines.poll(LIMIT_SECONDS, TimeUnit.SECONDS);
    if (line == null) {
      throw new IllegalStateException("nothing said for " + LIMIT_SECONDS + " s: " + process);
    }
    return line;
  }

  /// Returns the lines up to and including the one that `ends` accepts, or fewer if the output
  /// ends before.
  List<String> hearUntil(Predicate<String> ends) throws InterruptedException {
    var heard = new ArrayList<String>();
    for (var line = hear(); line.isPresent(); line = hear()) {
      heard.add(line.get());
      if (ends.test(line.get())) {
        return heard;
      }
    }
    return heard;
  }

  boolean isAlive() {
    return process.isAlive();
  }

  long pid() {
    return process.pid();
  }

  @Override
  public void close() throws IOException {
    process.destroyForcibly();
    input.close();
  }
}
