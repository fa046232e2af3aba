package dev.testudo.shield.programs;

import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/// The programs written for the stories. They are compiled on first use and when they have changed.
final class Sources {
  private static final Path SOURCES = Path.of("src/test/programs").toAbsolutePath();
  private static final Path BINARIES = Path.of("target/programs").toAbsolutePath();

  private Sources() {}

  /// Returns the absolute path of a script.
  static String script(String name) {
    return SOURCES.resolve(name).toString();
  }

  /// Compiles a C program with `options`, for example `-static`.
  static synchronized String c(String name, String... options) {
    var binary = BINARIES.resolve(name.replace(".c", "") + String.join("", options));
    var command = new ArrayList<>(List.of("gcc", "-O1", "-Wall", "-Werror", "-pthread"));
    command.addAll(List.of(options));
    command.addAll(List.of("-o", binary.toString(), script(name)));
    return compiled(binary, name, command);
  }

  static synchronized String go(String name) {
    var binary = BINARIES.resolve(name.replace(".go", "-go"));
    return compiled(binary, name, List.of("go", "build", "-o", binary.toString(), script(name)));
  }

  /// Returns the command of a Java program. It is compiled against those libraries of this JVM's
  /// class path whose names begin with `libraries`.
  static synchronized List<String> java(String name, String libraries) {
    var folder = BINARIES.resolve(libraries);
    var tools = Path.of(System.getProperty("java.home"), "bin");
    var classPath = folder + File.pathSeparator + classPath(libraries);
    var compiler = tools.resolve("javac").toString();
    var command = List.of(compiler, "-d", folder.toString(), "-cp", classPath, script(name));
    compiled(folder.resolve(name.replace(".java", ".class")), name, command);
    return List.of(
        tools.resolve("java").toString(),
        "--enable-native-access=ALL-UNNAMED",
        "-XX:+UseSerialGC",
        "-XX:TieredStopAtLevel=1",
        "-cp",
        classPath,
        name.replace(".java", ""));
  }

  private static String classPath(String libraries) {
    return Stream.of(System.getProperty("java.class.path").split(File.pathSeparator))
        .filter(jar -> Path.of(jar).getFileName().toString().startsWith(libraries))
        .collect(Collectors.joining(File.pathSeparator));
  }

  private static String compiled(Path binary, String name, List<String> command) {
    try {
      Files.createDirectories(BINARIES);
      if (!isCurrent(binary, SOURCES.resolve(name))) {
        var compiler = new ProcessBuilder(command).inheritIO();
        compiler.environment().putAll(Map.of("GOCACHE", BINARIES + "/go", "CGO_ENABLED", "0"));
        int exit = compiler.start().waitFor();
        if (exit != 0) {
          throw new AssertionError(command + " ended with " + exit);
        }
      }
      return binary.toString();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new AssertionError("interrupted while compiling", e);
    }
  }

  private static boolean isCurrent(Path binary, Path source) throws IOException {
    if (!Files.exists(binary)) {
      return false;
    }
    var made = Files.getLastModifiedTime(binary);
    return made.compareTo(Files.getLastModifiedTime(source)) > 0
        && made.compareTo(Files.getLastModifiedTime(SOURCES.resolve("talk.h"))) > 0;
  }
}
