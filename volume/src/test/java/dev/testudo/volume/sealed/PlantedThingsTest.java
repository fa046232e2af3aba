package dev.testudo.volume.sealed;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.testudo.volume.VolumeException;
import dev.testudo.volume.VolumeException.Kind;
import dev.testudo.volume.format.VolumeHeader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// Somebody puts something that is no regular file in the place of a file of a volume. It is
/// refused by name, and never opened: opening a FIFO waits for a writer.
@Timeout(30)
class PlantedThingsTest {
  @TempDir private Path directory;
  @TempDir private Path outside;
  private Volumes.Written written;

  /// What may be where a file was.
  enum Planted {
    PIPE,
    LINK_TO_PIPE,
    LINK_TO_THE_FILE,
    ENDLESS_DEVICE,
    FOLDER
  }

  @BeforeEach
  void write() throws Exception {
    written = Volumes.write(Volumes.small(), 1);
    written.into(directory);
  }

  private void plant(Planted planted, String name) throws Exception {
    var path = directory.resolve(name);
    var moved = outside.resolve(name);
    Files.move(path, moved);
    switch (planted) {
      case PIPE -> make("mkfifo", path.toString());
      case LINK_TO_PIPE -> {
        var pipe = outside.resolve(name + ".pipe");
        make("mkfifo", pipe.toString());
        Files.createSymbolicLink(path, pipe);
      }
      case LINK_TO_THE_FILE -> Files.createSymbolicLink(path, moved);
      case ENDLESS_DEVICE -> make("mknod", path.toString(), "c", "1", "5"); // zero(4)
      case FOLDER -> Files.createDirectory(path);
    }
  }

  private static void make(String... command) throws Exception {
    var process = new ProcessBuilder(command).start();
    assertTrue(process.waitFor(10, TimeUnit.SECONDS));
    assertEquals(0, process.exitValue());
  }

  private VolumeException refusal() {
    return assertThrows(
        VolumeException.class,
        () -> ReadOnlyVolume.open(directory, Volumes.key(1), Optional.of(written.tag())).close());
  }

  @ParameterizedTest
  @EnumSource
  void whatIsNoFileIsRefusedByName(Planted planted) throws Exception {
    assertEquals(3, written.files().size(), "header, journal and segment");
    for (var name : List.copyOf(written.files().keySet())) {
      plant(planted, name);
      var e = refusal();
      assertEquals(Kind.DAMAGED, e.kind());
      assertEquals(
          "the volume is damaged: %s: it is no regular file".formatted(name), e.getMessage());
      make("rm", "-r", directory.resolve(name).toString());
      Files.move(outside.resolve(name), directory.resolve(name));
    }
  }

  @Test
  void aPipeWithTheNameOfAnotherJournalIsNotOpened() throws Exception {
    make("mkfifo", directory.resolve("0".repeat(32) + ".j0").toString());
    assertEquals(Kind.DAMAGED, refusal().kind());
  }

  @Test
  void aDirectoryWithManyNamesIsRefused() throws Exception {
    for (var i = 0; i <= 10_000; i++) {
      Files.createFile(directory.resolve("n" + i));
    }
    assertEquals(Kind.DAMAGED, refusal().kind());
  }

  @Test
  void aPipeInPlaceOfTheDirectoryIsRefused() throws Exception {
    var pipe = outside.resolve("volume");
    make("mkfifo", pipe.toString());
    assertThrows(
        java.io.IOException.class,
        () -> ReadOnlyVolume.open(pipe, Volumes.key(1), Optional.empty()).close());
  }

  @Test
  void noDescriptorIsLeftOpenByARefusal() throws Exception {
    var segment =
        written.files().keySet().stream().filter(n -> n.contains(".s")).findFirst().orElseThrow();
    plant(Planted.FOLDER, segment);
    long before = descriptors();
    for (var i = 0; i < 20; i++) {
      assertEquals(Kind.DAMAGED, refusal().kind());
    }
    assertEquals(before, descriptors());
    assertTrue(Files.exists(directory.resolve(VolumeHeader.FILE)));
  }

  private static long descriptors() throws Exception {
    try (Stream<Path> open = Files.list(Path.of("/proc/self/fd"))) {
      return open.count();
    }
  }
}
