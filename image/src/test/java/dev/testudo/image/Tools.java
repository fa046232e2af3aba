package dev.testudo.image;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;

/// Runs the programs that serve as counterparts.
public final class Tools {
  private static final long SECONDS = 60;

  private Tools() {}

  /// Runs a program, which must succeed.
  ///
  /// @return what it wrote
  public static String run(Path directory, String... command) throws Exception {
    var out = Files.createTempFile("tool", ".log");
    try {
      var process =
          new ProcessBuilder(command)
              .directory(directory.toFile())
              .redirectErrorStream(true)
              .redirectOutput(out.toFile())
              .start();
      if (!process.waitFor(SECONDS, TimeUnit.SECONDS)) {
        process.destroyForcibly();
        throw new IOException(String.join(" ", command) + " does not end");
      }
      var text = new String(Files.readAllBytes(out), UTF_8);
      if (process.exitValue() != 0) {
        throw new IOException(String.join(" ", command) + ": " + text);
      }
      return text;
    } finally {
      Files.delete(out);
    }
  }

  /// Runs a script of the shell.
  public static String shell(Path directory, String script) throws Exception {
    return run(directory, "sh", "-eu", "-c", script);
  }
}
