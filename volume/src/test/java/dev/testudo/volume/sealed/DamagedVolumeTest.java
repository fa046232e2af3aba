package dev.testudo.volume.sealed;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assertions.fail;

import dev.testudo.volume.VolumeEntry;
import dev.testudo.volume.VolumeException;
import dev.testudo.volume.VolumeException.Kind;
import dev.testudo.volume.VolumeProtection;
import dev.testudo.volume.format.VolumeHeader;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/// Whoever changes the files of a volume gets a refusal or an error, and never wrong content.
@ParameterizedClass
@EnumSource
class DamagedVolumeTest {
  private final VolumeProtection protection;
  @TempDir private Path directory;
  private Volumes.Written written;

  DamagedVolumeTest(VolumeProtection protection) {
    this.protection = protection;
  }

  @BeforeEach
  void write() throws IOException {
    written = Volumes.write(Volumes.small(), protection, 1);
    written.into(directory);
  }

  private ReadOnlyVolume open() throws IOException {
    return ReadOnlyVolume.open(directory, Volumes.key(1), Optional.of(written.tag()));
  }

  private static Map<VolumeEntry, byte[]> contents(List<VolumeEntry> entries) throws IOException {
    var contents = new HashMap<VolumeEntry, byte[]>();
    for (var entry : entries) {
      if (entry instanceof VolumeEntry.RegularFile file) {
        try (var in = file.content().open()) {
          contents.put(new VolumeEntry.Directory(file.path(), file.mode()), in.readAllBytes());
        }
      } else {
        contents.put(entry, new byte[0]);
      }
    }
    return contents;
  }

  /// Reads everything. Returns false if the volume or a file of it is refused.
  private boolean isRight(Map<VolumeEntry, byte[]> right, String what) throws IOException {
    try (var volume = open()) {
      var read = contents(volume.entries());
      assertEquals(right.keySet(), read.keySet(), what);
      right.forEach((entry, content) -> assertArrayEquals(content, read.get(entry), what));
      return true;
    } catch (VolumeException e) {
      return false;
    }
  }

  private Map<VolumeEntry, byte[]> right() throws IOException {
    try (var volume = open()) {
      return contents(volume.entries());
    }
  }

  private VolumeException refusal() {
    return assertThrows(VolumeException.class, () -> open().close());
  }

  @Test
  void everyFlippedByteIsNoticed() throws Exception {
    var right = right();
    for (var file : written.files().entrySet()) {
      boolean segment = file.getKey().contains(".s");
      try (var channel = forWriting(file.getKey())) {
        for (var at = 0; at < file.getValue().length; at++) {
          if (!segment || !isData(at)) {
            flip(channel, file.getValue(), at);
            var what = "%s, byte %d".formatted(file.getKey(), at);
            assertTrue(!isRight(right, what), what);
            put(channel, at, file.getValue()[at]);
          }
        }
      }
    }
    assertTrue(isRight(right, "restored"));
  }

  /// Returns whether this byte of the segment is in a chunk of the large file, which is read when
  /// the volume is open.
  private static boolean isData(int at) {
    int slot = at / VolumeHeader.CHUNK_SIZE;
    return slot == 1 || slot == 2;
  }

  @Test
  void everyFlippedByteOfAChunkIsNoticedWhenItIsRead() throws Exception {
    var segment = segment();
    try (var volume = open();
        var channel = forWriting(segment)) {
      var large = (VolumeEntry.RegularFile) volume.find("/app/large").orElseThrow();
      for (var at = VolumeHeader.CHUNK_SIZE; isData(at); at++) {
        flip(channel, bytes(segment), at);
        try (var in = large.content().open()) {
          assertThrows(VolumeException.class, in::readAllBytes, "byte " + at);
        }
        put(channel, at, bytes(segment)[at]);
      }
      try (var in = large.content().open()) {
        assertArrayEquals(Volumes.bytes(5, 9000), in.readAllBytes());
      }
    }
  }

  private FileChannel forWriting(String name) throws IOException {
    return FileChannel.open(directory.resolve(name), StandardOpenOption.WRITE);
  }

  private static void flip(FileChannel channel, byte[] original, int at) throws IOException {
    put(channel, at, (byte) (original[at] ^ (1 << (at % 8))));
  }

  private String segment() {
    return written.files().keySet().stream()
        .filter(name -> name.endsWith(".s0"))
        .findAny()
        .orElseThrow();
  }

  private static void put(FileChannel channel, int at, byte value) throws IOException {
    channel.write(ByteBuffer.wrap(new byte[] {value}), at);
  }

  @Test
  void everyTruncationIsNoticed() throws Exception {
    var right = right();
    for (var file : written.files().entrySet()) {
      var path = directory.resolve(file.getKey());
      var bytes = file.getValue();
      Files.write(path, Arrays.copyOf(bytes, bytes.length + 1));
      assertTrue(!isRight(right, "longer"), file.getKey());
      Files.write(path, bytes);
      try (var channel = FileChannel.open(path, StandardOpenOption.WRITE)) {
        // Of a segment only the size is read before it is refused.
        int step = file.getKey().contains(".s") ? 257 : 1;
        for (var length = bytes.length - 1; length >= 0; length -= step) {
          channel.truncate(length);
          assertTrue(!isRight(right, "cut"), file.getKey() + " with " + length);
        }
      }
      Files.delete(path);
      assertTrue(!isRight(right, "deleted"), file.getKey());
      Files.write(path, bytes);
    }
  }

  @Test
  void filesOfAVolumeThatAreSwappedAreRefused() throws Exception {
    var right = right();
    for (var one : written.files().keySet()) {
      for (var other : written.files().keySet()) {
        if (!one.equals(other)) {
          Files.write(directory.resolve(one), bytes(other));
          Files.write(directory.resolve(other), bytes(one));
          assertTrue(!isRight(right, one + " for " + other));
          written.into(directory);
        }
      }
    }
  }

  private byte[] bytes(String name) {
    return written.files().getOrDefault(name, new byte[0]);
  }

  @Test
  void slotsThatAreSwappedAreNoticed() throws Exception {
    var right = right();
    var segment = segment();
    int slot = VolumeHeader.CHUNK_SIZE;
    var bytes = bytes(segment).clone();
    assertTrue(bytes.length >= 4 * slot, "two chunks and a node");
    var first = Arrays.copyOfRange(bytes, slot, 2 * slot);
    System.arraycopy(bytes, 2 * slot, bytes, slot, slot);
    System.arraycopy(first, 0, bytes, 2 * slot, slot);
    Files.write(directory.resolve(segment), bytes);
    assertTrue(!isRight(right, "swapped"));
  }

  @Test
  void aDamagedChunkFailsItsFileOnly() throws Exception {
    var segment = segment();
    var bytes = bytes(segment).clone();
    bytes[2 * VolumeHeader.CHUNK_SIZE + 5] ^= 1; // the second chunk of /app/large
    Files.write(directory.resolve(segment), bytes);
    try (var volume = open()) {
      var large = (VolumeEntry.RegularFile) volume.find("/app/large").orElseThrow();
      try (var in = large.content().open()) {
        assertArrayEquals(
            Arrays.copyOf(Volumes.bytes(5, 9000), 8192), in.readNBytes(8192), "the first chunk");
        var e = assertThrows(VolumeException.class, in::read);
        assertEquals(Kind.DAMAGED, e.kind());
        assertEquals(
            "the volume is damaged: %s, slot 2: the chunk is not what was written"
                .formatted(segment),
            e.getMessage());
      }
      var small = (VolumeEntry.RegularFile) volume.find("/app/small").orElseThrow();
      try (var in = small.content().open()) {
        assertEquals(14, in.readAllBytes().length);
      }
    }
  }

  @Test
  void anotherKeyIsToldFromDamage() {
    var e =
        assertThrows(
            VolumeException.class,
            () -> ReadOnlyVolume.open(directory, Volumes.key(2), Optional.empty()));
    assertEquals(Kind.WRONG_KEY, e.kind());
  }

  @Test
  void anOlderStateWithTheSameKeyIsRefused() throws Exception {
    var older =
        Volumes.write(List.of(Volumes.file("/app/small", 0444, new byte[3])), protection, 1);
    older.into(directory);
    assertEquals(Kind.OTHER_STATE, refusal().kind());
    ReadOnlyVolume.open(directory, Volumes.key(1), Optional.empty()).close();
  }

  @Test
  void filesOfAnOlderStateBesideTheVolumeAreIgnored() throws Exception {
    var older =
        Volumes.write(List.of(Volumes.file("/app/small", 0444, new byte[3])), protection, 1);
    for (var file : older.files().entrySet()) {
      if (!file.getKey().equals(VolumeHeader.FILE)) {
        Files.write(directory.resolve(file.getKey()), file.getValue());
      }
    }
    assertTrue(isRight(right(), "both"));
  }

  @Test
  void anOlderFileInsteadOfANewOneIsRefused() throws Exception {
    var older =
        Volumes.write(List.of(Volumes.file("/app/small", 0444, new byte[3])), protection, 1);
    Files.write(
        directory.resolve(VolumeHeader.FILE),
        older.files().getOrDefault(VolumeHeader.FILE, new byte[0]));
    assertEquals(Kind.DAMAGED, refusal().kind());
  }

  @Test
  void noVolumeAndAnUnknownVersionAreNamed() throws Exception {
    var header = directory.resolve(VolumeHeader.FILE);
    var bytes = Files.readAllBytes(header);
    bytes[16] = 2;
    Files.write(header, bytes);
    assertEquals(Kind.UNSUPPORTED, refusal().kind());
    Files.delete(header);
    assertEquals(Kind.MISSING, refusal().kind());
  }

  @Test
  void nothingIsReadAfterTheVolumeWasClosed() throws Exception {
    var volume = open();
    var large = (VolumeEntry.RegularFile) volume.find("/app/large").orElseThrow();
    volume.close();
    try (var in = large.content().open()) {
      in.read();
      fail("read from a closed volume");
    } catch (IOException e) {
      // The files are closed.
    }
  }
}
