package dev.testudo.volume.store;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.testudo.trust.secret.Secret;
import dev.testudo.volume.VolumeException;
import dev.testudo.volume.VolumeException.Kind;
import dev.testudo.volume.format.Suite;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/// Somebody puts things into the directory of a volume that are no files of it.
@Timeout(30)
class HostileDirectoryTest {
  private static final VolumeShape SHAPE = new VolumeShape(Suite.AES_256_GCM, 4096);
  private static final int CHUNKS_PER_SEGMENT = 32;

  private static final VolumeOptions OPTIONS =
      VolumeOptions.USUAL.with(
          new StoreTuning(
              CHUNKS_PER_SEGMENT << 12,
              4 << 20,
              1 << 20,
              1 << 20,
              false,
              NonceLedger.OF_ALL_TESTS));

  @TempDir private Path directory;

  /// What may be where a file was.
  enum Thing {
    FIFO,
    LINK_TO_FIFO,
    LINK_TO_FILE,
    DIRECTORY
  }

  private void put(Thing thing, String name, Path outside) throws Exception {
    var path = directory.resolve(name);
    if (Files.exists(path)) {
      Files.move(path, outside.resolve("moved"));
    }
    switch (thing) {
      case FIFO -> fifo(path);
      case LINK_TO_FIFO -> Files.createSymbolicLink(path, fifo(outside.resolve("fifo")));
      case LINK_TO_FILE -> Files.createSymbolicLink(path, outside.resolve("moved"));
      case DIRECTORY -> Files.createDirectory(path);
    }
  }

  private static Path fifo(Path path) throws Exception {
    var mkfifo = new ProcessBuilder("mkfifo", path.toString()).start();
    assertTrue(mkfifo.waitFor(10, TimeUnit.SECONDS));
    assertEquals(0, mkfifo.exitValue());
    return path;
  }

  private WritableVolume open(Expected expected) throws IOException {
    return WritableVolume.open(
        DirectoryBacking.shared(directory), Secret.taking(new byte[32]), expected, SHAPE, OPTIONS);
  }

  private static byte[] chunk(int number) {
    var bytes = new byte[4096];
    bytes[0] = (byte) number;
    bytes[1] = (byte) (number >>> 8);
    bytes[2] = 1;
    return bytes;
  }

  private VolumePosition create(int chunks) throws IOException {
    var volume = open(new Expected.New());
    for (int i = 0; i < chunks; i++) {
      volume.apply(new Changes().chunk(3, i, volume.write(chunk(i), 0)));
    }
    volume.close();
    return volume.position();
  }

  private String name(String ending) throws IOException {
    try (var names = Files.list(directory)) {
      return names
          .map(path -> path.getFileName().toString())
          .filter(name -> name.matches(ending))
          .sorted()
          .findFirst()
          .orElseThrow();
    }
  }

  @ParameterizedTest
  @EnumSource
  void aHeaderThatIsNoFileIsRefused(Thing thing, @TempDir Path outside) throws Exception {
    var position = create(1);
    put(thing, "testudo-volume", outside);
    var e =
        assertThrows(VolumeException.class, () -> open(new Expected.Position(position)).close());
    assertEquals(Kind.DAMAGED, e.kind());
  }

  @ParameterizedTest
  @EnumSource
  void aJournalThatIsNoFileIsRefused(Thing thing, @TempDir Path outside) throws Exception {
    var position = create(1);
    put(thing, name("[0-9a-f]+\\.j[0-9]+"), outside);
    var e =
        assertThrows(VolumeException.class, () -> open(new Expected.Position(position)).close());
    assertEquals(Kind.DAMAGED, e.kind());
  }

  @ParameterizedTest
  @EnumSource
  void aSegmentThatIsNoFileCannotBeRead(Thing thing, @TempDir Path outside) throws Exception {
    var position = create(4 * CHUNKS_PER_SEGMENT);
    try (var volume = open(new Expected.Position(position))) {
      put(thing, name("[0-9a-f]+\\.s1"), outside);
      var read = new byte[4096];
      int damaged = 0;
      for (int i = 0; i < 4 * CHUNKS_PER_SEGMENT; i++) {
        try {
          assertTrue(volume.read(3, i, read, 0));
          assertArrayEquals(chunk(i), read);
        } catch (VolumeException e) {
          assertEquals(Kind.DAMAGED, e.kind());
          damaged++;
        }
      }
      assertTrue(damaged > 0);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"target", "missing"})
  void theLockFollowsNoLink(String name, @TempDir Path outside) throws Exception {
    Files.createFile(outside.resolve("target"));
    Files.createSymbolicLink(directory.resolve("lock"), outside.resolve(name));
    var e = assertThrows(VolumeException.class, () -> DirectoryBacking.locked(directory).close());
    assertEquals(Kind.DAMAGED, e.kind());
    assertFalse(Files.exists(outside.resolve("missing")));
  }

  @Test
  void aVolumeOfManySegmentsNeedsFewDescriptors() throws Exception {
    int chunks = (OpenSegments.MOST + 20) * CHUNKS_PER_SEGMENT;
    var position = create(chunks);
    try (var volume = open(new Expected.Position(position))) {
      var read = new byte[4096];
      for (int i = 0; i < chunks; i += 7) {
        assertTrue(volume.read(3, i, read, 0));
        assertArrayEquals(chunk(i), read);
      }
      assertTrue(openSegments() <= OpenSegments.MOST + 2);
      assertTrue(volume.read(3, 0, read, 0));
      assertArrayEquals(chunk(0), read);
    }
    assertEquals(0, openSegments());
  }

  private long openSegments() throws IOException {
    long count = 0;
    try (var open = Files.newDirectoryStream(Path.of("/proc/self/fd"))) {
      for (var one : open) {
        try {
          var file = Files.readSymbolicLink(one);
          count +=
              file.startsWith(directory.toRealPath()) && file.toString().contains(".s") ? 1 : 0;
        } catch (IOException _) {
          // It is closed already.
        }
      }
    }
    return count;
  }
}
