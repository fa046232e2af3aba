package dev.testudo.volume.store;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.testudo.trust.secret.Secret;
import dev.testudo.volume.format.TreeKey;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// A mount whose changes are thrown away.
class EphemeralBackingTest {
  private static final TreeKey KEY = TreeKey.of(16, TreeKey.Kind.INLINE);

  @TempDir private Path directory;

  private VolumePosition position = VolumePosition.NONE;

  @BeforeEach
  void makeVolume() throws IOException {
    var volume = open(DirectoryBacking.shared(directory), new Expected.New());
    volume.apply(new Changes().put(KEY, new byte[] {1}));
    volume.close();
    position = volume.position();
  }

  private WritableVolume open(Backing backing, Expected expected) throws IOException {
    var key = Secret.taking(new byte[32]);
    return WritableVolume.open(backing, key, expected, VolumeShape.USUAL, VolumeOptions.USUAL);
  }

  private WritableVolume ephemeral() throws IOException {
    return open(EphemeralBacking.over(directory), new Expected.Position(position));
  }

  private Map<String, Long> files() throws IOException {
    var files = new TreeMap<String, Long>();
    try (var all = Files.list(directory)) {
      for (var file : all.toList()) {
        files.put(String.valueOf(file.getFileName()), Files.size(file));
      }
    }
    return files;
  }

  private static void assertHas(int value, WritableVolume volume) throws IOException {
    assertArrayEquals(new byte[] {(byte) value}, volume.get(KEY).orElseThrow());
  }

  @Test
  void severalMountsSeeTheSameStateAndLeaveIt() throws IOException {
    var before = files();
    var one = ephemeral();
    var other = ephemeral();
    one.apply(new Changes().put(KEY, new byte[] {2}));
    one.sync();
    assertHas(1, other);
    assertHas(2, one);
    one.checkpoint();
    one.close();
    other.close();
    assertEquals(before, files());
    try (var again = ephemeral()) {
      assertHas(1, again);
    }
  }

  @Test
  void theNextMountRemovesWhatAKilledOneLeft() throws IOException {
    var killed = Files.createDirectory(directory.resolve("ephemeral-killed"));
    Files.writeString(killed.resolve("file"), "x");
    var elsewhere = Files.createDirectory(directory.resolve("elsewhere"));
    Files.writeString(elsewhere.resolve("kept"), "x");
    Files.createSymbolicLink(directory.resolve("ephemeral-link"), elsewhere);
    var alive = ephemeral();
    alive.apply(new Changes().put(KEY, new byte[] {2}));
    for (var name : files().keySet()) {
      if (name.startsWith("ephemeral-") && !name.endsWith("link")) {
        Files.setLastModifiedTime(directory.resolve(name), FileTime.from(Instant.EPOCH));
      }
    }
    ephemeral().close();
    assertFalse(Files.exists(killed));
    assertTrue(Files.exists(elsewhere.resolve("kept")));
    assertHas(2, alive);
    alive.sync();
    alive.close();
  }
}
