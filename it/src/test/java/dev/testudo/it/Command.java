package dev.testudo.it;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/// Runs a command to its end and keeps what it printed.
record Command(int exit, String out, String err) {

  /// The repository's root, where the launcher and the examples are.
  static final Path ROOT =
      Path.of(System.getProperty("testudo.root", "..")).toAbsolutePath().normalize();

  static final Path LAUNCHER = ROOT.resolve("testudo");

  /// Runs `words`, with nothing on standard input, for at most [Patience#LIMIT].
  static Command run(String... words) {
    return run(Map.of(), List.of(words));
  }

  /// Runs `words` with additional environment variables.
  static Command run(Map<String, String> environment, List<String> words) {
    try {
      var out = Files.createTempFile("out", ".txt");
      var err = Files.createTempFile("err", ".txt");
      try {
        return start(environment, words, out, err);
      } finally {
        Files.delete(out);
        Files.delete(err);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }

  private static Command start(
      Map<String, String> environment, List<String> words, Path out, Path err)
      throws IOException, InterruptedException {
    var builder =
        new ProcessBuilder(words).redirectOutput(out.toFile()).redirectError(err.toFile());
    builder.redirectInput(Path.of("/dev/null").toFile());
    builder.environment().putAll(environment);
    var process = builder.start();
    if (!Patience.outlasts(process)) {
      Processes.end(process);
      throw new AssertionError(
          "%s did not end within %s:\n%s%s".formatted(words, Patience.LIMIT, text(out), text(err)));
    }
    return new Command(process.exitValue(), text(out), text(err));
  }

  /// Runs the launcher.
  static Command testudo(String... words) {
    var all = new java.util.ArrayList<String>(List.of(LAUNCHER.toString()));
    all.addAll(List.of(words));
    return run(Map.of(), all);
  }

  /// Everything printed, for messages.
  String all() {
    return out + err;
  }

  private static String text(Path file) throws IOException {
    return new String(Files.readAllBytes(file), StandardCharsets.UTF_8);
  }
}
