package dev.testudo.cli;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.testudo.cli.exit.CommandFailed;
import dev.testudo.cli.files.PrivateFiles;
import dev.testudo.policy.source.Printable;
import java.io.File;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;

/// Renders a chart with `helm template`, for clusters without Helm.
///
/// @param helm the program
/// @param patience how long it may run
record HelmTemplate(Path helm, Duration patience) {
  private static final Duration PATIENCE = Duration.ofSeconds(60);
  private static final Duration PAUSE = Duration.ofMillis(100);
  private static final long MOST_BYTES = 64 << 20;
  private static final int MOST_SAID = 2000;

  /// Finds Helm in the directories of `PATH`.
  ///
  /// @throws CommandFailed if it is in none of them
  static HelmTemplate find(CliContext context) throws CommandFailed {
    for (var folder : context.environment().getOrDefault("PATH", "").split(File.pathSeparator)) {
      var program = Path.of(folder, "helm");
      if (program.isAbsolute() && Files.isExecutable(program) && !Files.isDirectory(program)) {
        return new HelmTemplate(program, PATIENCE);
      }
    }
    throw CommandFailed.environment(
        "`-o yaml` renders the chart with Helm, and no folder of PATH has the program `helm`;"
            + " install it, or leave out `-o`");
  }

  /// Writes the objects of a chart to `FOLDER/RELEASE.yaml`.
  ///
  /// @param release its name, and that of the file
  /// @return the file
  Path write(Path chart, String release, Path folder) throws IOException, CommandFailed {
    var file = Files.createDirectories(folder).resolve(release + ".yaml");
    var text = folder.resolve("." + release + ".new");
    var errors = folder.resolve("." + release + ".err");
    try {
      if (run(List.of("template", release, chart.toString()), text, errors) != 0) {
        throw CommandFailed.environment("helm cannot render the chart: " + said(errors));
      }
      Files.move(text, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
      return file;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new InterruptedIOException("interrupted");
    } finally {
      PrivateFiles.delete(text);
      PrivateFiles.delete(errors);
    }
  }

  /// Runs Helm, and returns its exit code. Kills it if it takes too long or prints too much.
  private int run(List<String> words, Path text, Path errors)
      throws CommandFailed, IOException, InterruptedException {
    var builder =
        new ProcessBuilder(helm.toString())
            .redirectInput(new File("/dev/null"))
            .redirectOutput(text.toFile())
            .redirectError(errors.toFile());
    builder.command().addAll(words);
    Process process;
    try {
      process = builder.start();
    } catch (IOException e) {
      throw CommandFailed.environment("cannot start " + helm, e);
    }
    try {
      var end = System.nanoTime() + patience.toNanos();
      var hasEnded = false;
      while (!hasEnded) {
        hasEnded = process.waitFor(PAUSE.toMillis(), TimeUnit.MILLISECONDS);
        if (Files.size(text) + Files.size(errors) > MOST_BYTES) {
          throw CommandFailed.environment("helm prints more than %d bytes".formatted(MOST_BYTES));
        }
        if (!hasEnded && System.nanoTime() > end) {
          throw CommandFailed.environment(
              "helm did not end within %d s".formatted(patience.toSeconds()));
        }
      }
      return process.exitValue();
    } finally {
      process.descendants().forEach(ProcessHandle::destroyForcibly);
      process.destroyForcibly();
    }
  }

  private static String said(Path errors) throws IOException {
    try (var in = Files.newInputStream(errors)) {
      return Printable.of(new String(in.readNBytes(MOST_SAID), UTF_8).strip());
    }
  }
}
