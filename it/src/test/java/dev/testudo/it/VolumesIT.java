package dev.testudo.it;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// A service with an encrypted volume: what it keeps, who else can read it, and what happens if
/// somebody puts an older copy in its place.
class VolumesIT {
  private static final Path MESH =
      Command.ROOT.resolve("it/src/test/resources/meshes/volumes/mesh.yaml");

  @TempDir private Path work;

  @Test
  void aServiceKeepsItsFilesAndAnOlderCopyOfThemIsRefused() throws Exception {
    var state = work.resolve("state");
    var volume = state.resolve("volumes/volumes/notes/data");
    up(state).hasLine("notes | start 1 with 20 notes: ok");
    assertNobodyCanRead(volume);
    var older = work.resolve("older");
    Directories.copy(volume, older);

    up(state).hasLine("notes | start 2 with 40 notes: ok");

    Directories.delete(volume);
    Directories.copy(older, volume);
    var mesh = RunningMesh.launch(MESH, state);
    try (mesh) {
      assertNotEquals(0, mesh.awaitEnd(), mesh::output);
    }
    var said = mesh.output();
    assertFalse(said.contains("notes | start"), said);
    assertTrue(
        new Output(said)
            .lines().stream()
                .anyMatch(
                    line ->
                        line.matches(
                            ".*refused: volume `data`: the volume is older than the state of tag"
                                + " [0-9a-f]{32}: it ends at record [0-9]+, and CAS has seen"
                                + " [0-9]+")),
        said);
  }

  /// A policy that throws changes away, after one that kept them, and further terms of a volume.
  @Test
  void anEphemeralVolumeIsTheSameAtEachStart() throws Exception {
    var mesh = work.resolve("mesh");
    Files.createDirectories(mesh);
    for (var name : List.of("mesh.yaml", "notes.py", "service.yaml")) {
      Files.copy(MESH.resolveSibling(name), mesh.resolve(name));
    }
    var manifest = mesh.resolve("service.yaml");
    var usual = Files.readString(manifest);
    Files.writeString(
        manifest,
        usual.replace(
            "path: /data", "path: /data\n      size_limit: 64M\n      tag_sync: {bounded: 5}"));
    var state = work.resolve("state");
    var said = up(mesh.resolve("mesh.yaml"), state);
    said.hasLine("notes | start 1 with 20 notes: ok");
    said.hasLine("notes | space " + (60 << 20)); // the rest is for what deletes

    Files.writeString(
        manifest, usual.replace("path: /data", "path: /data\n      update_policy: ephemeral"));
    var volume = state.resolve("volumes/volumes/notes/data");
    var before = Directories.hashes(volume);
    for (var i = 0; i < 2; i++) {
      up(mesh.resolve("mesh.yaml"), state).hasLine("notes | start 2 with 40 notes: ok");
    }
    assertEquals(before, Directories.hashes(volume));
  }

  private static Output up(Path state) throws IOException, InterruptedException {
    return up(MESH, state);
  }

  private static Output up(Path file, Path state) throws IOException, InterruptedException {
    var mesh = RunningMesh.launch(file, state);
    try (mesh) {
      assertEquals(0, mesh.awaitEnd(), mesh::output);
      return new Output(mesh.output());
    }
  }

  private static void assertNobodyCanRead(Path volume) throws IOException {
    var files = files(volume);
    assertTrue(files.size() > 2, files::toString);
    for (var file : files) {
      var content = Files.readString(file, ISO_8859_1);
      for (var plain : List.of("a note that nobody", "SQLite format", "notes.sqlite", "starts")) {
        assertFalse(content.contains(plain), () -> plain + " in " + file);
      }
    }
  }

  private static List<Path> files(Path directory) throws IOException {
    try (var files = Files.list(directory)) {
      return files.toList();
    }
  }
}
