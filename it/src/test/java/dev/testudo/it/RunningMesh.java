package dev.testudo.it;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/// A mesh brought up by `testudo up` in a process of its own, as a developer would.
final class RunningMesh implements AutoCloseable {
  /// A line of `up` about a refusal: when, and at which service.
  private static final Pattern TOLD_OF = Pattern.compile("^testudo \\| [0-9:]{8} (\\S+) refused ");

  private final Process up;
  private final Path log;
  private final Path state;

  /// The time of the report that an earlier mesh left in the state, if it was killed.
  private final Optional<FileTime> stale;

  private RunningMesh(Process up, Path log, Path state, Optional<FileTime> stale) {
    this.up = up;
    this.log = log;
    this.state = state;
    this.stale = stale;
  }

  /// Starts the mesh and waits until all its services are ready.
  static RunningMesh start(Path meshFile, Path state) throws IOException, InterruptedException {
    var mesh = launch(meshFile, state);
    try {
      mesh.awaitReady();
      return mesh;
    } catch (AssertionError | InterruptedException e) {
      mesh.close();
      throw e;
    }
  }

  /// Starts the mesh without waiting for anything.
  static RunningMesh launch(Path meshFile, Path state) throws IOException {
    Files.createDirectories(state);
    return launch(meshFile, state, List.of());
  }

  /// Starts the mesh by a command that runs the words after it, as another user for example.
  static RunningMesh launch(Path meshFile, Path state, List<String> by) throws IOException {
    var log = state.resolveSibling(state.getFileName() + "-up.log");
    var words = new ArrayList<>(by);
    words.addAll(
        List.of(
            Command.LAUNCHER.toString(),
            "up",
            "-f",
            meshFile.toString(),
            "--state",
            state.toString(),
            "--ready-within",
            Long.toString(Patience.LIMIT.toSeconds())));
    var stale = reported(state);
    var builder =
        new ProcessBuilder(words)
            .redirectErrorStream(true)
            .redirectOutput(log.toFile())
            .redirectInput(Path.of("/dev/null").toFile());
    // `up` prints arrows, which not every locale has.
    builder.environment().put("LC_ALL", "C.UTF-8");
    return new RunningMesh(builder.start(), log, state, stale);
  }

  Process up() {
    return up;
  }

  Path state() {
    return state;
  }

  private static Path report(Path state) {
    return state.resolve("run/mesh.json");
  }

  /// When the report in `state` was written, if there is one.
  private static Optional<FileTime> reported(Path state) throws IOException {
    try {
      return Optional.of(Files.getLastModifiedTime(report(state)));
    } catch (NoSuchFileException _) {
      return Optional.empty();
    }
  }

  private boolean hasReported() throws IOException {
    var written = reported(state);
    return written.isPresent() && !written.equals(stale);
  }

  /// The mesh as `up` describes it to scripts.
  JsonNode description() throws IOException {
    if (!hasReported()) {
      throw new AssertionError("the mesh is not up:\n" + output());
    }
    return new ObjectMapper().readTree(report(state).toFile());
  }

  /// Waits until all services are ready; a mesh that ends before that fails the test.
  void awaitReady() throws InterruptedException {
    Patience.until(
        () -> {
          assertTrue(up.isAlive(), this::output);
          return isReady();
        },
        () -> "the mesh does not get ready:\n" + output());
  }

  private boolean isReady() {
    try {
      return hasReported() && description().path("ready").asBoolean();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  String address(String service) throws IOException {
    return description().path("services").path(service).path("address").asText();
  }

  /// Waits until somebody accepts connections at `address`: a service without a server rule is
  /// ready when its program runs, and the program listens a little later.
  void awaitListener(String address, int port) throws InterruptedException {
    Patience.until(
        () -> {
          assertTrue(up.isAlive(), this::output);
          try (var _ = new Socket(address, port)) {
            return true;
          } catch (IOException e) {
            return false;
          }
        },
        () -> "nobody listens at " + address + ":" + port + "\n" + output());
  }

  /// The pid of the service's program as this test's PID namespace knows it: the last descendant of
  /// `up` whose command line holds `marker`.
  long programPid(String marker) {
    return descendants()
        .filter(
            p -> Processes.commandLine(p.pid()).stream().findFirst().orElse("").contains(marker))
        .mapToLong(ProcessHandle::pid)
        .max()
        .orElseThrow(
            () -> new AssertionError("no process of the mesh runs " + marker + "\n" + output()));
  }

  /// The process of `up` below which `words` stand in the command line.
  ProcessHandle processWith(String... words) {
    return descendants()
        .filter(p -> Processes.commandLine(p.pid()).containsAll(List.of(words)) && isJava(p.pid()))
        .findFirst()
        .orElseThrow(
            () ->
                new AssertionError(
                    "no process of the mesh has " + List.of(words) + "\n" + output()));
  }

  private static boolean isJava(long pid) {
    return Processes.commandLine(pid).getFirst().endsWith("/java");
  }

  Stream<ProcessHandle> descendants() {
    return up.descendants();
  }

  String output() {
    try {
      return new String(Files.readAllBytes(log), StandardCharsets.UTF_8);
    } catch (IOException e) {
      return "";
    }
  }

  /// Lines of the output that satisfy `wanted`. One that is still being written is none yet.
  List<String> lines(Predicate<String> wanted) {
    var all = output();
    return all.substring(0, all.lastIndexOf('\n') + 1).lines().filter(wanted).toList();
  }

  /// What a service has printed, its agent included, line by line.
  List<String> printedBy(String service) {
    var prefix = service + " | ";
    return lines(line -> line.startsWith(prefix)).stream()
        .map(line -> line.substring(prefix.length()))
        .toList();
  }

  /// What was refused to or by a service, as far as it was told of.
  List<Output.Refusal> refusalsOf(String service) {
    var told =
        lines(line -> TOLD_OF.matcher(line).results().anyMatch(m -> m.group(1).equals(service)));
    return new Output(String.join("\n", told)).refusals();
  }

  /// Waits for a line; a mesh that ends meanwhile, or that says nothing of the kind, fails the
  /// test.
  String awaitLine(String what, Predicate<String> wanted) throws InterruptedException {
    var found = new ArrayList<String>();
    Patience.until(
        () -> {
          var ended = !up.isAlive();
          found.addAll(lines(wanted));
          assertFalse(ended && found.isEmpty(), () -> "up ended before " + what + ":\n" + output());
          return !found.isEmpty();
        },
        () -> "waited too long for " + what + ":\n" + output());
    return found.getFirst();
  }

  /// Asks `up` to stop, as Ctrl-C does.
  int stop() throws InterruptedException {
    up.destroy();
    return awaitEnd();
  }

  /// Waits for `up` to end by itself and answers its exit code.
  int awaitEnd() throws InterruptedException {
    assertTrue(Patience.outlasts(up), () -> "up did not end:\n" + output());
    return up.exitValue();
  }

  /// Waits until no process on this machine mentions the state directory and none of `before` is
  /// alive.
  void awaitNoSurvivors(List<ProcessHandle> before) throws InterruptedException {
    Patience.until(() -> survivors(before).isEmpty(), () -> "left behind: " + survivors(before));
  }

  private List<String> survivors(List<ProcessHandle> before) {
    return Stream.concat(
            before.stream(),
            ProcessHandle.allProcesses().filter(p -> mentions(p.pid(), state.toString())))
        .filter(p -> p.pid() != ProcessHandle.current().pid() && !Processes.hasEnded(p))
        .map(p -> p.pid() + " " + Processes.commandLine(p.pid()))
        .toList();
  }

  private static boolean mentions(long pid, String text) {
    return Processes.commandLine(pid).stream().anyMatch(word -> word.contains(text));
  }

  @Override
  public void close() {
    var all = up.descendants().toList();
    up.destroy();
    try {
      var _ = Patience.outlasts(up);
      Processes.end(up, all);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
