package dev.testudo.gramine;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/// Runs programs of the machine: a compiler, Python, OpenSSL.
public final class HostPrograms {
  public static final String PYTHON = "/usr/bin/python3";

  private static final String SOURCE =
      """
      static char zeros[20000];
      static int numbers[3000] = {1, 2, 3};
      static const char text[] = "a library like libpal.so";
      int start(int i) { zeros[i] = text[i %% sizeof text]; return numbers[i] += zeros[i / 2]; }
      """
          .replace("%%", "%");

  private HostPrograms() {}

  /// Returns what a program prints.
  public static String run(Path folder, List<String> words)
      throws IOException, InterruptedException {
    var errors = Files.createTempFile(folder, "errors", null);
    var process =
        new ProcessBuilder(words).directory(folder.toFile()).redirectError(errors.toFile()).start();
    process.getOutputStream().close();
    var printed = new String(process.getInputStream().readAllBytes(), UTF_8);
    assertEquals(0, process.waitFor(), () -> words + ": " + read(errors));
    return printed;
  }

  private static String read(Path file) {
    try {
      return Files.readString(file);
    } catch (IOException e) {
      return e.toString();
    }
  }

  /// Returns the bytes of a library that gcc makes, which is loaded in several segments.
  public static byte[] library(Path folder) throws IOException, InterruptedException {
    Files.writeString(folder.resolve("pal.c"), SOURCE);
    run(
        folder,
        List.of(
            "gcc",
            "-shared",
            "-fPIC",
            "-nostdlib",
            "-O1",
            "-Wl,-e,start",
            "-Wl,-z,norelro",
            "-Wl,--build-id=none",
            "-o",
            "libpal.so",
            "pal.c"));
    return Files.readAllBytes(folder.resolve("libpal.so"));
  }
}
