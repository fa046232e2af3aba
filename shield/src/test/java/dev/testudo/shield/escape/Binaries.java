package dev.testudo.shield.escape;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;

/// The compiled programs of the suite. They are kept in `target` from build to build, and used from
/// a directory that every user can reach.
final class Binaries {
  static final Path CACHE = Path.of("target/escape").toAbsolutePath();

  private Binaries() {}

  /// Puts all programs and the world into `folder`. A compiler warning is an error.
  static void into(Path folder) throws Exception {
    Files.createDirectories(CACHE);
    var sources = new ArrayList<>(EscapeProgram.all().stream().map(EscapeProgram::source).toList());
    sources.add(EscapeProgram.FOLDER.resolve("world.c"));
    var work = new ArrayList<Callable<Path>>();
    sources.forEach(source -> work.add(() -> compiled(source)));
    try (var two = Executors.newFixedThreadPool(2)) {
      for (var done : two.invokeAll(work)) {
        var binary = done.get();
        Files.copy(
            binary, folder.resolve(binary.getFileName()), StandardCopyOption.COPY_ATTRIBUTES);
      }
    } catch (ExecutionException e) {
      throw new IOException(e.getCause());
    }
  }

  private static Path compiled(Path source) throws IOException, InterruptedException {
    var binary = CACHE.resolve(source.getFileName().toString().replaceFirst("\\.c$", ""));
    if (newer(binary, source) && newerThanHeaders(binary)) {
      return binary;
    }
    var command =
        List.of(
            "gcc",
            "-O1",
            "-Wall",
            "-Wextra",
            "-Werror",
            "-pthread",
            "-o",
            binary.toString(),
            source.toString(),
            "-lresolv");
    var compiler = new ProcessBuilder(command).redirectErrorStream(true).start();
    var said = new String(compiler.getInputStream().readAllBytes(), UTF_8);
    if (compiler.waitFor() != 0) {
      throw new IOException(source + " does not compile:\n" + said);
    }
    return binary;
  }

  private static boolean newerThanHeaders(Path binary) throws IOException {
    try (var headers = Files.newDirectoryStream(EscapeProgram.FOLDER, "*.h")) {
      for (var header : headers) {
        if (!newer(binary, header)) {
          return false;
        }
      }
    }
    return true;
  }

  private static boolean newer(Path binary, Path source) throws IOException {
    return Files.exists(binary)
        && Files.getLastModifiedTime(binary).compareTo(Files.getLastModifiedTime(source)) > 0;
  }
}
