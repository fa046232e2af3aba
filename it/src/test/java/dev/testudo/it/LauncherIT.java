package dev.testudo.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// The launcher: which JDK it takes, what it lets through, and how it keeps the AOT cache. Runs as
/// root.
@Timeout(3600)
class LauncherIT {
  private static final Path INSTALLATION = Command.ROOT.resolve("dist/target/testudo");
  private static final int ENVIRONMENT_FAILED = 3;

  @TempDir private Path folder;

  /// Something that looks like a JDK and prints its arguments instead of running them.
  private Path fakeJdk(String version) throws IOException {
    var jdk = folder.resolve("jdk-" + version);
    var bin = Files.createDirectories(jdk.resolve("bin"));
    Files.createDirectories(jdk.resolve("lib"));
    Files.writeString(jdk.resolve("lib/modules"), "");
    Files.writeString(jdk.resolve("release"), "JAVA_VERSION=\"%s\"\n".formatted(version));
    for (var tool : List.of("java", "javac")) {
      Files.writeString(bin.resolve(tool), "#!/bin/sh\necho fake " + version + " \"$@\"\n");
      Files.setAttribute(bin.resolve(tool), "unix:mode", 0755);
    }
    return jdk;
  }

  private static Command version(Path launcher, Map<String, String> environment) {
    return Command.run(environment, List.of(launcher.toString(), "version"));
  }

  private static void assertPrintsVersion(Command ended) {
    assertEquals(0, ended.exit(), ended.all());
    assertEquals(Command.testudo("version").out(), ended.out(), ended.all());
  }

  @Test
  void aJdkThatIsTooOldIsPassedOver() throws IOException {
    var old = fakeJdk("17.0.15").toString();
    assertPrintsVersion(
        version(Command.LAUNCHER, Map.of("JAVA_HOME", old, "TESTUDO_JAVA_HOME", old)));
  }

  @Test
  void theProjectsOwnVariableComesFirst() throws IOException {
    var newer = fakeJdk("26.0.1").toString();
    var other = fakeJdk("25.0.9").toString();
    var ended = version(Command.LAUNCHER, Map.of("JAVA_HOME", other, "TESTUDO_JAVA_HOME", newer));
    assertEquals(List.of("fake", "26.0.1"), List.of(ended.out().split(" ")).subList(0, 2));
  }

  @Test
  void aFolderThatIsGoneIsSaidInOneLine() throws IOException {
    var gone = Files.createDirectory(folder.resolve("gone"));
    var ended =
        Command.run(
            "sh",
            "-c",
            "cd \"$0\" && rmdir \"$0\" && exec \"$1\" version",
            gone.toString(),
            Command.LAUNCHER.toString());
    assertEquals(ENVIRONMENT_FAILED, ended.exit(), ended.all());
    // The shell that was there before may say something, too; a JVM does not start.
    new Output(ended.err())
        .hasLine("testudo: the current directory no longer exists; change to another one");
    assertFalse(ended.err().contains("Error occurred"), ended.all());
  }

  @Test
  void withoutAnyJdkItSaysWhatToInstall() {
    var script =
        "for d in /usr/lib/jvm /opt; do [ ! -d $d ] || mount -t tmpfs none $d; done;"
            + " exec env -i HOME=/nonexistent PATH=/usr/bin:/bin \"$0\" version";
    var ended = Command.run("unshare", "--mount", "sh", "-c", script, Command.LAUNCHER.toString());
    assertEquals(ENVIRONMENT_FAILED, ended.exit(), ended.all());
    assertEquals(
        """
        testudo: no JDK 25 or newer found (searched TESTUDO_JAVA_HOME, JAVA_HOME, PATH, \
        /usr/lib/jvm, /opt, SDKMAN, ~/.jdks)
        testudo: install one, for example Eclipse Temurin 25 or Debian 13's \
        openjdk-25-jdk-headless, or set TESTUDO_JAVA_HOME to its folder
        """,
        ended.err());
  }

  @Test
  void itStartsFromAnywhereAndThroughALink() throws IOException {
    var link = Files.createSymbolicLink(folder.resolve("link"), Command.LAUNCHER);
    assertPrintsVersion(Command.run("sh", "-c", "cd / && exec \"$0\" version", link.toString()));
  }

  @Test
  void theCallersJavaOptionsDoNotReachTheJvm() {
    var bogus = "-XX:NoSuchOption";
    assertPrintsVersion(
        version(
            Command.LAUNCHER,
            Map.of("JAVA_TOOL_OPTIONS", bogus, "JDK_JAVA_OPTIONS", bogus, "_JAVA_OPTIONS", bogus)));
  }

  @Test
  void theCacheIsMadeOnceAndAnewWhenAJarChanges() throws Exception {
    var copy = copyOfInstallation();
    var launcher = copy.resolve("testudo");

    var first = List.of(start(launcher), start(launcher), start(launcher));
    for (var process : first) {
      assertTrue(Patience.outlasts(process));
      assertEquals(0, process.exitValue(), Files.readString(folder.resolve("log")));
    }
    var made = caches(copy);
    assertEquals(1, made.size(), "three first starts at once make one cache: " + made);
    assertPrintsVersion(version(launcher, Map.of()));
    assertEquals(made, caches(copy));

    touch(copy);
    assertPrintsVersion(version(launcher, Map.of()));
    var remade = caches(copy);
    assertEquals(1, remade.size(), "the old cache is gone: " + remade);
    assertNotEquals(made, remade);
    assertEquals(List.of(), leftovers(copy));

    // Another user, for whom there is neither a cache nor a place to put one.
    touch(copy);
    var ended =
        Command.run(
            "setpriv",
            "--reuid=65534",
            "--regid=65534",
            "--clear-groups",
            launcher.toString(),
            "version");
    assertPrintsVersion(ended);
    assertEquals(
        "testudo: there is no AOT cache and %s/lib is not writable, so starts are slower\n"
            .formatted(copy),
        ended.err());
    assertEquals(remade, caches(copy));
  }

  private Path copyOfInstallation() throws IOException {
    Files.setAttribute(folder, "unix:mode", 0755);
    var copy = folder.resolve("installation");
    for (var part : List.of("", "lib", "scripts")) {
      Files.createDirectories(copy.resolve(part));
      try (var files = Files.list(INSTALLATION.resolve(part))) {
        for (var file : files.filter(Files::isRegularFile).toList()) {
          if (!file.toString().endsWith(".aot") && !file.endsWith("aot-key")) {
            Files.copy(
                file,
                copy.resolve(part).resolve(file.getFileName()),
                StandardCopyOption.COPY_ATTRIBUTES);
          }
        }
      }
    }
    return copy;
  }

  private Process start(Path launcher) throws IOException {
    return new ProcessBuilder(launcher.toString(), "version")
        .redirectErrorStream(true)
        .redirectOutput(ProcessBuilder.Redirect.appendTo(folder.resolve("log").toFile()))
        .start();
  }

  private static void touch(Path copy) throws IOException {
    try (var jars = Files.newDirectoryStream(copy.resolve("lib"), "dev.testudo.policy-*.jar")) {
      for (var jar : jars) {
        Files.setLastModifiedTime(jar, FileTime.from(Instant.now()));
      }
    }
  }

  private static List<Path> caches(Path copy) throws IOException {
    var caches = new ArrayList<Path>();
    try (var found = Files.newDirectoryStream(copy.resolve("lib"), "*.aot")) {
      found.forEach(caches::add);
    }
    return caches;
  }

  private static List<Path> leftovers(Path copy) throws IOException {
    var leftovers = new ArrayList<Path>();
    try (var found = Files.newDirectoryStream(copy, ".aot-*")) {
      found.forEach(leftovers::add);
    }
    leftovers.remove(copy.resolve(".aot-lock"));
    assertFalse(Files.exists(copy.resolve("lib/aot-key")), "only jars and the cache are measured");
    return leftovers;
  }
}
