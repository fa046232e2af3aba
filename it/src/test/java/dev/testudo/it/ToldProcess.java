package dev.testudo.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/// A process that is to end when it is told to, at a terminal of its own or without any.
final class ToldProcess implements AutoCloseable {
  /// Enough to tell a slow end from none.
  private static final Duration GIVEN_UP = Duration.ofMinutes(2);

  private final Process started;
  private final boolean atTerminal;
  private final Path log;
  private List<ProcessHandle> family = List.of();

  private ToldProcess(Process started, boolean atTerminal, Path log) {
    this.started = started;
    this.atTerminal = atTerminal;
    this.log = log;
  }

  /// Starts `words` on at most `processors` processors, heeding every signal whatever the tests
  /// were started with.
  ///
  /// @param log takes what it prints
  static ToldProcess start(Path log, boolean atTerminal, int processors, List<String> words)
      throws IOException {
    var all = new ArrayList<>(List.of("env", "--default-signal"));
    all.addAll(List.of("taskset", "--cpu-list", processors == 1 ? "0" : "0-" + (processors - 1)));
    all.addAll(words);
    // `script` gives it a terminal, and takes it away when it is killed.
    var command = atTerminal ? List.of("script", "-qefc", "exec " + quoted(all), "/dev/null") : all;
    var builder = new ProcessBuilder(command).redirectErrorStream(true);
    builder.redirectOutput(log.toFile());
    builder.environment().put("XDG_RUNTIME_DIR", log.getParent().toString());
    return new ToldProcess(builder.start(), atTerminal, log);
  }

  private static String quoted(List<String> words) {
    return String.join(" ", words.stream().map(w -> "'" + w.replace("'", "'\\''") + "'").toList());
  }

  /// Waits until it has printed `text`, and takes note of all processes that it consists of.
  void awaitLine(String text) throws InterruptedException {
    Patience.until(
        () -> {
          assertTrue(started.isAlive(), this::output);
          return output().contains(text);
        },
        () -> "waited too long for `" + text + "`:\n" + output());
    family = Stream.concat(Stream.of(handle()), handle().descendants()).toList();
  }

  /// The process that is told.
  ProcessHandle handle() {
    return atTerminal
        ? started.children().findFirst().orElseThrow(() -> new AssertionError(output()))
        : started.toHandle();
  }

  /// Sends it `signal` (`INT`).
  void signal(String signal) {
    var pid = Long.toString(family.getFirst().pid());
    var sent = Command.run("kill", "-" + signal, pid);
    assertEquals(0, sent.exit(), sent.all());
  }

  /// Types Ctrl-C at its terminal.
  void pressInterrupt() throws IOException {
    started.getOutputStream().write(3);
    started.getOutputStream().flush();
  }

  /// Closes its terminal.
  void closeTerminal() {
    started.destroyForcibly();
  }

  /// Waits for the end of all that it consists of, and says how long that took on processors that
  /// are there for it: time in which others had them does not count.
  Duration awaitEnd() throws InterruptedException {
    var begin = System.nanoTime();
    var waited = stalled();
    while (survivors().findAny().isPresent()) {
      assertTrue(
          System.nanoTime() - begin < GIVEN_UP.toNanos(),
          () ->
              "left: " + survivors().map(p -> Processes.commandLine(p.pid())).toList() + output());
      Thread.sleep(20);
    }
    return Duration.ofNanos(System.nanoTime() - begin).minus(stalled().minus(waited));
  }

  private Stream<ProcessHandle> survivors() {
    return family.stream().filter(process -> !Processes.hasEnded(process));
  }

  /// How long processes of this machine have waited for a processor in all (PSI, `some`). Zero
  /// where the kernel does not say.
  private static Duration stalled() {
    try {
      var some = Files.readString(Path.of("/proc/pressure/cpu")).lines().findFirst().orElse("");
      return Duration.of(
          Long.parseLong(some.substring(some.lastIndexOf('=') + 1)),
          java.time.temporal.ChronoUnit.MICROS);
    } catch (IOException e) {
      return Duration.ZERO;
    }
  }

  /// Its exit code, for one that has ended; empty when its terminal was closed, and nobody learns
  /// it.
  Optional<Integer> exit() throws InterruptedException {
    assertTrue(Patience.outlasts(started), this::output);
    var code = started.exitValue();
    return atTerminal && code == 137 ? Optional.empty() : Optional.of(code);
  }

  String output() {
    try {
      return Files.readString(log, StandardCharsets.ISO_8859_1);
    } catch (IOException e) {
      return "";
    }
  }

  @Override
  public void close() {
    var all = new ArrayList<>(family);
    all.addAll(started.descendants().toList());
    try {
      Processes.end(started, all);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
