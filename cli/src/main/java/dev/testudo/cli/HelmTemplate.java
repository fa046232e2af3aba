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
record HelmTemplate(Path helm) {
  private static final Duration PATIENCE = Duration.ofSeconds(60);
  private static final int MOST_SAID = 2000;

  /// Finds Helm in the directories of `PATH`.
  ///
  /// @throws CommandFailed if it is in none of them
  static HelmTemplate find(CliContext context) throws CommandFailed {
    for (var folder : context.environment().getOrDefault("PATH", "").split(File.pathSeparator)) {
      var program = Path.of(folder, "helm");
      if (program.isAbsolute() && Files.isExecutable(program) && !Files.isDirectory(program)) {
        return new HelmTemplate(program);
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
      var words = List.of(helm.toString(), "template", release, chart.toString());
      var process =
          new ProcessBuilder(words)
              .redirectInput(new File("/dev/null"))
              .redirectOutput(text.toFile())
              .redirectError(errors.toFile())
              .start();
      if (!process.waitFor(PATIENCE.toSeconds(), TimeUnit.SECONDS)) {
        process.destroyForcibly().waitFor();
        throw CommandFailed.environment(
            "helm did not end within %d s".formatted(PATIENCE.toSeconds()));
      }
      if (process.exitValue() != 0) {
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

  private static String said(Path errors) throws IOException {
    try (var in = Files.newInputStream(errors)) {
      return Printable.of(new String(in.readNBytes(MOST_SAID), UTF_8).strip());
    }
  }
}
