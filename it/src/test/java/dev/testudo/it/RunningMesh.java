package dev.testudo.it;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import java.util.stream.Stream;

/// A mesh brought up by `testudo up` in a process of its own, as a developer would.
final class RunningMesh implements AutoCloseable {
  private static final Duration READY_LIMIT = Duration.ofSeconds(90);
  private static final Duration STOP_LIMIT = Duration.ofSeconds(40);

  private final Process up;
  private final Path log;
  private final Path state;

  private RunningMesh(Process up, Path log, Path state) {
    this.up = up;
    this.log = log;
    this.state = state;
  }

  /// Starts the mesh and waits until all its services are ready.
  static RunningMesh start(Path meshFile, Path state) throws IOException, InterruptedException {
    var mesh = launch(meshFile, state);
    try {
      mesh.awaitLine("a ready mesh", line -> line.contains("up in ") && line.contains(" ms"));
      return mesh;
    } catch (AssertionError | IOException | InterruptedException e) {
      mesh.close();
      throw e;
    }
  }

  /// Starts the mesh without waiting for anything.
  static RunningMesh launch(Path meshFile, Path state) throws IOException {
    Files.createDirectories(state);
    var log = state.resolveSibling(state.getFileName() + "-up.log");
    var up =
        new ProcessBuilder(
                Command.LAUNCHER.toString(),
                "up",
                "-f",
                meshFile.toString(),
                "--state",
                state.toString())
            .redirectErrorStream(true)
            .redirectOutput(log.toFile())
            .redirectInput(Path.of("/dev/null").toFile())
            .start();
    return new RunningMesh(up, log, state);
  }

  Process up() {
    return up;
  }

  Path state() {
    return state;
  }

  /// The mesh as `up` describes it to scripts.
  JsonNode description() throws IOException {
    var file = state.resolve("run/mesh.json");
    if (!Files.exists(file)) {
      throw new AssertionError("the mesh is not up:\n" + output());
    }
    return new ObjectMapper().readTree(file.toFile());
  }

  String address(String service) throws IOException {
    return description().path("services").path(service).path("address").asText();
  }

  /// Waits until somebody accepts connections at `address`.
  void awaitListener(String address, int port) throws InterruptedException {
    var deadline = Instant.now().plus(READY_LIMIT);
    while (true) {
      try (var _ = new Socket(address, port)) {
        return;
      } catch (IOException e) {
        if (!up.isAlive() || Instant.now().isAfter(deadline)) {
          throw new AssertionError(
              "nobody listens at " + address + ":" + port + "\n" + output(), e);
        }
        TimeUnit.MILLISECONDS.sleep(50);
      }
    }
  }

  /// The pid of the service's program as this test's PID namespace knows it: the last descendant of
  /// `up` whose command line holds `marker`.
  long programPid(String marker) {
    return descendants()
        .filter(p -> commandLine(p.pid()).stream().findFirst().orElse("").contains(marker))
        .mapToLong(ProcessHandle::pid)
        .max()
        .orElseThrow(
            () -> new AssertionError("no process of the mesh runs " + marker + "\n" + output()));
  }

  /// The process of `up` below which `words` stand in the command line.
  ProcessHandle processWith(String... words) {
    return descendants()
        .filter(p -> commandLine(p.pid()).containsAll(List.of(words)) && isJava(p.pid()))
        .findFirst()
        .orElseThrow(
            () ->
                new AssertionError(
                    "no process of the mesh has " + List.of(words) + "\n" + output()));
  }

  private static boolean isJava(long pid) {
    return commandLine(pid).getFirst().endsWith("/java");
  }

  Stream<ProcessHandle> descendants() {
    return up.descendants();
  }

  static List<String> commandLine(long pid) {
    try {
      var text =
          Files.readString(
              Path.of("/proc", Long.toString(pid), "cmdline"), StandardCharsets.ISO_8859_1);
      return text.isEmpty() ? List.of("") : List.of(text.split("\0"));
    } catch (IOException e) {
      return List.of(""); // the process has just ended
    }
  }

  String output() {
    try {
      return Files.readString(log, StandardCharsets.ISO_8859_1);
    } catch (IOException e) {
      return "";
    }
  }

  /// Lines of the output that satisfy `wanted`.
  List<String> lines(Predicate<String> wanted) {
    return output().lines().filter(wanted).toList();
  }

  /// Waits for a line; a mesh that ends meanwhile, or that says nothing of the kind, fails the
  /// test.
  String awaitLine(String what, Predicate<String> wanted) throws IOException, InterruptedException {
    var deadline = Instant.now().plus(READY_LIMIT);
    while (true) {
      var ended = !up.isAlive();
      var found = output().lines().filter(wanted).findFirst();
      if (found.isPresent()) {
        return found.get();
      }
      if (ended || Instant.now().isAfter(deadline)) {
        throw new AssertionError(
            (ended ? "up ended before " : "waited too long for ") + what + ":\n" + output());
      }
      TimeUnit.MILLISECONDS.sleep(50);
    }
  }

  /// Asks `up` to stop, as Ctrl-C does.
  int stop() throws InterruptedException {
    up.destroy();
    return awaitEnd();
  }

  /// Waits for `up` to end by itself and answers its exit code.
  int awaitEnd() throws InterruptedException {
    if (!up.waitFor(STOP_LIMIT.toSeconds(), TimeUnit.SECONDS)) {
      throw new AssertionError("up did not end within " + STOP_LIMIT + ":\n" + output());
    }
    return up.exitValue();
  }

  /// Processes on this machine that mention the state directory, or were among `before`, and live
  /// on.
  List<String> survivors(List<ProcessHandle> before) throws InterruptedException {
    var deadline = Instant.now().plus(STOP_LIMIT);
    List<String> alive;
    do {
      alive = new ArrayList<>();
      for (var process : before) {
        if (process.isAlive()) {
          alive.add(process.pid() + " " + commandLine(process.pid()));
        }
      }
      ProcessHandle.allProcesses()
          .filter(p -> p.pid() != ProcessHandle.current().pid() && p.isAlive())
          .filter(p -> commandLine(p.pid()).stream().anyMatch(w -> w.contains(state.toString())))
          .map(p -> p.pid() + " " + commandLine(p.pid()))
          .forEach(alive::add);
      TimeUnit.MILLISECONDS.sleep(100);
    } while (!alive.isEmpty() && Instant.now().isBefore(deadline));
    return alive;
  }

  @Override
  public void close() {
    var all = up.descendants().toList();
    up.destroy();
    try {
      if (!up.waitFor(STOP_LIMIT.toSeconds(), TimeUnit.SECONDS)) {
        up.destroyForcibly();
      }
    } catch (InterruptedException e) {
      up.destroyForcibly();
      Thread.currentThread().interrupt();
    }
    all.forEach(ProcessHandle::destroyForcibly);
  }
}
