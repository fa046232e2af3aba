package dev.testudo.image.build.command;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.testudo.image.Tools;
import dev.testudo.image.layer.LayerIndexCache;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// Builds of ordinary users, on machines without a runtime, and builds that are killed.
@Timeout(180)
class BuildProcessPrivilegedTest extends BuildBench {
  private static final String NOBODY = "65534";

  private BuildException refusedWith(String path) {
    var place =
        new CommandLayers.Place(
            directory.resolve("commands"),
            1,
            "root",
            path,
            new LayerIndexCache(directory, 0, InstantSource.system()),
            InstantSource.system());
    layers = new CommandLayers(place);
    return assertThrows(BuildException.class, () -> build(recipe("true")));
  }

  @Test
  void anOrdinaryUserWithoutSubordinateIdsGetsTheSameLayer() throws Exception {
    var lines = List.of("echo x >/new; chmod 700 /new", "rm /etc/gone; echo y >>/srv/owned; id");
    var own = build(recipe(lines.toArray(String[]::new)));
    // BuildProgram sets no variable of its own; the environment of a recipe does not change files.
    var output = asNobody(lines);
    assertTrue(output.contains("output uid=0 gid=0"), output);
    assertTrue(output.contains("layer " + own.layer().diffId()), output);
  }

  private String asNobody(List<String> lines) throws Exception {
    var home = Files.createDirectory(shared.resolve("nobody"));
    var classes = copyClassPath(Files.createDirectory(shared.resolve("classes")));
    Tools.run(home, "chown", NOBODY, home.toString());
    Tools.shell(shared, "chmod -R a+rX oci classes");
    var command =
        new ArrayList<>(
            List.of("setpriv", "--reuid=" + NOBODY, "--regid=" + NOBODY, "--clear-groups", "--"));
    command.addAll(program(classes, home, lines));
    var output = Tools.run(home, command.toArray(String[]::new));
    assertNothingIsLeft(home);
    return output;
  }

  private static List<String> program(String classPath, Path cache, List<String> lines) {
    var command =
        new ArrayList<>(
            List.of(
                Path.of(System.getProperty("java.home"), "bin/java").toString(),
                "-cp",
                classPath,
                BuildProgram.class.getName(),
                cache.toString(),
                shared.resolve("oci").toString(),
                BuildSample.TAG));
    command.addAll(lines);
    return command;
  }

  private static String classPath() {
    var parts =
        new ArrayList<>(List.of(Path.of("target/test-classes").toAbsolutePath().toString()));
    for (var property : List.of("jdk.module.path", "java.class.path")) {
      parts.addAll(List.of(System.getProperty(property, "").split(File.pathSeparator)));
    }
    parts.removeIf(String::isEmpty);
    return String.join(File.pathSeparator, parts);
  }

  /// An ordinary user cannot read every directory of builds.
  private static String copyClassPath(Path copies) throws Exception {
    var parts = new ArrayList<String>();
    for (var part : classPath().split(File.pathSeparator)) {
      var copy = copies.resolve(parts.size() + "-" + Path.of(part).getFileName());
      Tools.run(copies, "cp", "-rL", part, copy.toString());
      parts.add(copy.toString());
    }
    return String.join(File.pathSeparator, parts);
  }

  @Test
  void aKilledBuildLeavesNothing() throws Exception {
    var marker = "3.%d".formatted(ProcessHandle.current().pid());
    var process =
        new ProcessBuilder(
                program(classPath(), directory, List.of("echo started; sleep 60" + marker)))
            .redirectErrorStream(true)
            .start();
    try (var lines = process.inputReader(UTF_8)) {
      while (!lines.readLine().equals("output started")) {
        assertTrue(process.isAlive());
      }
    }
    process.destroyForcibly().waitFor();
    var builds = directory.resolve("commands/builds");
    for (var i = 0; i < 300 && !(isEmpty(builds) && !runs("60" + marker)); i++) {
      Thread.sleep(100);
    }
    assertNothingIsLeft(directory);
    assertFalse(runs("60" + marker));
  }

  private static boolean isEmpty(Path directory) throws IOException {
    try (var files = Files.list(directory)) {
      return files.findAny().isEmpty();
    }
  }

  private static boolean runs(String argument) throws IOException {
    try (var processes = Files.newDirectoryStream(Path.of("/proc"), "[0-9]*")) {
      for (var process : processes) {
        try {
          var line = Files.readString(process.resolve("cmdline"), ISO_8859_1);
          if (line.startsWith("sleep\0") && line.contains(argument)) {
            return true;
          }
        } catch (IOException e) {
          // It has ended.
        }
      }
    }
    return false;
  }

  @Test
  void whatAKilledBuildHasLeftGoesWithTheNextOne() throws IOException {
    var left = directory.resolve("commands/builds/" + "ab".repeat(32));
    Files.createDirectories(left.resolve("tree/root/etc"));
    Files.createDirectories(directory.resolve("commands/locks"));
    open(directory.resolve("commands"));
    build(recipe("true"));
    assertNothingIsLeft(directory);
  }

  @Test
  void aMachineWithoutARuntimeIsToldWhatToInstall() throws IOException {
    var refusal = refusedWith("/nonexistent");
    assertEquals(BuildFault.NO_RUNTIME, refusal.fault());
    assertEquals(
        "commands of a build run in a container, but this machine has neither `crun` nor `runc`;"
            + " install the package crun or runc",
        refusal.getMessage());
    assertNothingIsLeft(directory);
  }

  @Test
  void aRuntimeThatCannotMakeASandboxSaysWhy() throws IOException {
    var runtime =
        Files.writeString(directory.resolve("crun"), "#!/bin/sh\necho no way >&2; exit 1");
    Files.setPosixFilePermissions(runtime, PosixFilePermissions.fromString("rwxr-xr-x"));
    Files.copy(Path.of("/bin/tar"), directory.resolve("tar"));
    var refusal = refusedWith(directory.toString());
    assertEquals(BuildFault.NO_SANDBOX, refusal.fault());
    assertEquals(
        ("a container for the commands of the build cannot be made here (crun: %s fails with the exit"
                + " status 1: no way); permit this user to make namespaces, or build on another"
                + " machine")
            .formatted(directory.resolve("tar")),
        refusal.getMessage());
    assertNothingIsLeft(directory);
  }
}
