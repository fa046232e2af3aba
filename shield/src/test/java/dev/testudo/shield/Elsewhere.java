package dev.testudo.shield;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.testudo.shield.escape.Folders;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/// An environment in which test classes, or single tests, run in a JVM of their own: as an ordinary
/// user, or under the seccomp profile of a container. Nothing is simulated; the kernel refuses what
/// it refuses there.
public final class Elsewhere implements AutoCloseable {
  private static final Path PROFILE = Path.of("src/test/resources/profile/containerd.c");

  private final Path folder;
  private final List<String> prefix;

  private Elsewhere(Path folder, List<String> prefix) {
    this.folder = folder;
    this.prefix = prefix;
  }

  /// Returns the prefix of a command to run as nobody.
  public static List<String> asOrdinaryUser() {
    return List.of("setpriv", "--reuid=nobody", "--regid=nogroup", "--clear-groups", "--");
  }

  /// Compiles a launcher into `folder`, and returns the prefix of a command to run as in
  /// a container.
  public static List<String> inContainer(Path folder) throws IOException, InterruptedException {
    var binary = folder.resolve("containerd");
    var compiler =
        new ProcessBuilder(
                "gcc", "-O1", "-Wall", "-Werror", "-o", binary.toString(), PROFILE.toString())
            .inheritIO()
            .start();
    if (compiler.waitFor() != 0) {
      throw new IOException("the profile does not compile");
    }
    return List.of(binary.toString());
  }

  static Elsewhere ordinaryUser() throws IOException {
    return new Elsewhere(copy(), asOrdinaryUser());
  }

  static Elsewhere container() throws Exception {
    var folder = copy();
    return new Elsewhere(folder, inContainer(folder));
  }

  static Elsewhere containerOfAnOrdinaryUser() throws Exception {
    var folder = copy();
    var prefix = Stream.concat(inContainer(folder).stream(), asOrdinaryUser().stream()).toList();
    return new Elsewhere(folder, prefix);
  }

  private static Path copy() throws IOException {
    var folder = open(Files.createTempDirectory("elsewhere"));
    Folders.copy(Path.of("src/test/resources"), folder.resolve("src/test/resources"));
    copyClassPath(folder);
    return folder;
  }

  /// Copies all class path entries of this JVM to `classes` in `folder`, because an ordinary user
  /// cannot read every build directory.
  ///
  /// @return a class path
  public static String copyClassPath(Path folder) throws IOException {
    var classes = open(Files.createDirectory(folder.resolve("classes")));
    var parts = new ArrayList<>(List.of("target/test-classes"));
    for (var property : List.of("jdk.module.path", "java.class.path")) {
      parts.addAll(List.of(System.getProperty(property, "").split(File.pathSeparator)));
    }
    for (var name : parts) {
      var part = Path.of(name);
      if (Files.isDirectory(part) && !name.isEmpty()) {
        Folders.copy(part, classes);
      } else if (name.endsWith(".jar")) {
        Files.copy(part, classes.resolve(part.getFileName()), StandardCopyOption.REPLACE_EXISTING);
      }
    }
    return classes + File.pathSeparator + classes + "/*";
  }

  private static Path open(Path folder) throws IOException {
    return Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwxr-xr-x"));
  }

  /// Runs tests, each named as `Class` or `Class#method`; all must pass.
  void passes(String... tests) throws IOException, InterruptedException {
    var command = new ArrayList<>(prefix);
    command.addAll(
        List.of(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "-Xmx256m",
            "-XX:+UseSerialGC",
            "-XX:TieredStopAtLevel=1",
            "--enable-native-access=ALL-UNNAMED",
            "-Djava.io.tmpdir=/tmp",
            "-cp",
            folder + "/classes" + File.pathSeparator + folder + "/classes/*",
            ChosenTests.class.getName()));
    command.addAll(List.of(tests));
    var builder = new ProcessBuilder(command).directory(folder.toFile()).redirectErrorStream(true);
    builder.environment().put("HOME", "/tmp");
    var process = builder.start();
    try {
      var said = new String(process.getInputStream().readAllBytes(), UTF_8);
      if (process.waitFor() != 0) {
        throw new AssertionError(said);
      }
    } finally {
      process.destroyForcibly();
    }
  }

  @Override
  public void close() throws IOException {
    Folders.delete(folder);
  }
}
