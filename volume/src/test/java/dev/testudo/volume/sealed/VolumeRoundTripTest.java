package dev.testudo.volume.sealed;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.testudo.volume.VolumeEntry;
import dev.testudo.volume.VolumeLimits;
import dev.testudo.volume.VolumeProtection;
import dev.testudo.volume.VolumeSink;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/// What is written to a volume can be read from it.
@ParameterizedClass
@EnumSource
class VolumeRoundTripTest {
  private final VolumeProtection protection;
  @TempDir private Path directory;

  VolumeRoundTripTest(VolumeProtection protection) {
    this.protection = protection;
  }

  private ReadOnlyVolume written(List<VolumeEntry> entries) throws IOException {
    var tag = VolumeWriter.write(entries, protection, Volumes.key(1), VolumeSink.into(directory));
    return ReadOnlyVolume.open(directory, Volumes.key(1), Optional.of(tag));
  }

  private static byte[] content(ReadOnlyVolume volume, String path) throws IOException {
    var file = (VolumeEntry.RegularFile) volume.find(path).orElseThrow();
    try (var in = file.content().open()) {
      return in.readAllBytes();
    }
  }

  @Test
  void filesOfEverySizeAroundTheBoundaries() throws Exception {
    var sizes =
        List.of(
            0,
            1,
            1023,
            1024,
            1025,
            8191,
            8192,
            8193,
            32 * 8192,
            32 * 8192 + 1,
            64 * 8192 + 1,
            600_000);
    var entries = new ArrayList<VolumeEntry>();
    for (var size : sizes) {
      entries.add(Volumes.file("/data/f" + size, 0640, Volumes.bytes(size, size)));
    }
    try (var volume = written(entries)) {
      assertEquals(sizes.size() + 2, volume.entries().size());
      for (var size : sizes) {
        assertArrayEquals(Volumes.bytes(size, size), content(volume, "/data/f" + size));
      }
    }
  }

  @Test
  void aVolumeSaysHowItsContentIsProtected() throws Exception {
    try (var volume = written(Volumes.small())) {
      assertEquals(protection, volume.protection());
    }
  }

  @Test
  void modesLinksAndDirectories() throws Exception {
    var entries =
        List.<VolumeEntry>of(
            new VolumeEntry.Directory("/a", 01777),
            new VolumeEntry.Directory("/a/empty", 0700),
            new VolumeEntry.Link("/a/ünï", "../somewhere"),
            Volumes.file("/a/b/c", 04755, "text".getBytes(UTF_8)));
    try (var volume = written(entries)) {
      assertEquals(
          List.of("/", "/a", "/a/b", "/a/b/c", "/a/empty", "/a/ünï"),
          volume.entries().stream().map(VolumeEntry::path).toList());
      assertEquals(new VolumeEntry.Directory("/a/b", 0755), volume.find("/a/b").orElseThrow());
      assertEquals(entries.get(0), volume.find("/a").orElseThrow());
      assertEquals(entries.get(1), volume.find("/a/empty").orElseThrow());
      assertEquals(entries.get(2), volume.find("/a/ünï").orElseThrow());
      var file = (VolumeEntry.RegularFile) volume.find("/a/b/c").orElseThrow();
      assertEquals(04755, file.mode());
    }
  }

  @Test
  void anyPlaceOfAFileCanBeRead() throws Exception {
    var content = Volumes.bytes(7, 100_000);
    try (var volume = written(List.of(Volumes.file("/f", 0444, content)))) {
      var file = (VolumeEntry.RegularFile) volume.find("/f").orElseThrow();
      for (int offset : List.of(0, 8191, 8192, 50_000, 99_999)) {
        try (var in = file.content().open()) {
          assertEquals((long) offset, in.skip(offset));
          assertEquals(Byte.toUnsignedInt(content[offset]), in.read());
        }
      }
    }
  }

  @Test
  void aTreeOfManyNodes() throws Exception {
    var entries = new ArrayList<VolumeEntry>();
    for (var i = 0; i < 5000; i++) {
      entries.add(Volumes.file("/d%d/f%d".formatted(i % 50, i), 0444, Volumes.bytes(i, 40)));
    }
    try (var volume = written(entries)) {
      assertEquals(5051, volume.entries().size());
      assertArrayEquals(Volumes.bytes(4321, 40), content(volume, "/d21/f4321"));
    }
  }

  @Test
  void theSameEntriesGiveTheSameBytesInAnyOrder() throws Exception {
    var entries = Volumes.small();
    assertEquals(
        Volumes.write(entries, protection, 1).files().keySet(),
        Volumes.write(entries.reversed(), protection, 1).files().keySet());
    var one = Volumes.write(entries, protection, 1);
    var other = Volumes.write(entries.reversed(), protection, 1);
    assertEquals(one.tag(), other.tag());
    one.files().forEach((name, bytes) -> assertArrayEquals(bytes, other.files().get(name), name));
  }

  @Test
  void aFileThatChangesWhileItIsEncryptedIsRefused() {
    var opened = new AtomicInteger();
    VolumeEntry.Content changing =
        () -> new ByteArrayInputStream(Volumes.bytes(opened.incrementAndGet(), 20_000));
    var entries = List.<VolumeEntry>of(new VolumeEntry.RegularFile("/f", 0444, 20_000, changing));
    assertThrows(
        IOException.class,
        () -> VolumeWriter.write(entries, protection, Volumes.key(1), Volumes.nowhere()));
    assertEquals(2, opened.get());
  }

  @Test
  void impossibleEntriesAreRefused() {
    var file = Volumes.file("/f", 0444, new byte[0]);
    for (var wrong :
        List.<List<VolumeEntry>>of(
            List.of(file, file),
            List.of(file, Volumes.file("/f/below", 0444, new byte[0])),
            List.of(Volumes.file("f", 0444, new byte[0])),
            List.of(Volumes.file("/a/../f", 0444, new byte[0])),
            List.of(Volumes.file("/" + "x".repeat(256), 0444, new byte[0])),
            List.of(Volumes.file("/\ud800", 0444, new byte[0])),
            List.of(new VolumeEntry.Link("/l", "x".repeat(1025))),
            List.of(new VolumeEntry.Directory("/d", 010000)),
            List.of(
                new VolumeEntry.RegularFile(
                    "/f", 0444, VolumeLimits.LARGEST_FILE + 1, InputStream::nullInputStream)))) {
      assertThrows(
          IllegalArgumentException.class,
          () -> VolumeWriter.write(wrong, protection, Volumes.key(1), Volumes.nowhere()));
    }
  }

  @Test
  void theContentCanBeSeenOnlyIfItIsNotEncrypted() throws Exception {
    var volume = Volumes.write(Volumes.small(), protection, 1);
    var all = new StringBuilder();
    volume.files().values().forEach(bytes -> all.append(new String(bytes, ISO_8859_1)));
    var large = new String(Volumes.bytes(5, 9000), ISO_8859_1).substring(0, 8192);
    boolean readable = protection == VolumeProtection.AUTHENTICATED_ONLY;
    for (var text : List.of("small content", "echo script", large)) {
      assertEquals(readable, all.indexOf(text) >= 0, text);
    }
    volume.into(directory);
    try (var files = Files.list(directory)) {
      assertEquals(3, files.count());
    }
  }
}
