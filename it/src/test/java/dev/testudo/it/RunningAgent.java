package dev.testudo.it;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.OptionalLong;
import java.util.function.Predicate;

/// An agent in namespaces of its own, and what it and its program print.
final class RunningAgent {
  private final Process process;
  private final Path log;

  private RunningAgent(Process process, Path log) {
    this.process = process;
    this.log = log;
  }

  /// Starts it by a command that makes the namespaces.
  static RunningAgent start(List<String> words, Path log) throws IOException {
    var builder = new ProcessBuilder(words).redirectErrorStream(true).redirectOutput(log.toFile());
    return new RunningAgent(builder.redirectInput(Path.of("/dev/null").toFile()).start(), log);
  }

  boolean isAlive() {
    return process.isAlive();
  }

  /// The process of the agent itself.
  ProcessHandle agent() {
    return process
        .descendants()
        .filter(p -> Processes.commandLine(p.pid()).getFirst().endsWith("/java"))
        .findFirst()
        .orElseThrow(() -> new AssertionError("no agent runs:\n" + output()));
  }

  String output() {
    try {
      return Files.readString(log, StandardCharsets.UTF_8);
    } catch (IOException e) {
      return e.toString();
    }
  }

  /// Its lines. One that is still being written is none yet.
  List<String> lines() {
    var all = output();
    return all.substring(0, all.lastIndexOf('\n') + 1).lines().toList();
  }

  /// Waits for a line. If the agent ends without it, this fails.
  String awaitLine(Predicate<String> wanted) throws InterruptedException {
    Patience.until(
        () -> {
          var ended = !isAlive();
          var found = lines().stream().anyMatch(wanted);
          assertTrue(found || !ended, this::output);
          return found;
        },
        this::output);
    return lines().stream().filter(wanted).findFirst().orElseThrow();
  }

  /// The last number that its program has printed.
  OptionalLong lastNumber() {
    return lines().stream()
        .filter(line -> line.matches("[0-9]+"))
        .mapToLong(Long::parseLong)
        .reduce((_, last) -> last);
  }

  /// Sends a signal to the agent.
  void signal(String name) throws IOException, InterruptedException {
    Processes.signal(agent(), name);
  }

  /// Waits until it ends by itself, and returns its exit code.
  int awaitEnd() throws InterruptedException {
    assertTrue(Patience.outlasts(process), this::output);
    return process.exitValue();
  }

  /// Kills the agent and all that it has started.
  void kill() throws InterruptedException {
    Processes.end(process);
  }
}
