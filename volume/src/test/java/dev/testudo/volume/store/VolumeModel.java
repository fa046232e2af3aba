package dev.testudo.volume.store;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.testudo.volume.format.TreeKey;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Random;
import java.util.TreeMap;

/// What must be in a volume: a few inodes with names and chunks, which random changes change.
final class VolumeModel {
  private static final int INODES = 3;
  private static final int NAMES = 40;
  private static final int CHUNKS = 24;

  /// Each entry by its key; each chunk by inode and number. Nobody changes the arrays.
  private final Map<String, byte[]> entries;

  private final NavigableMap<Long, byte[]> chunks;

  VolumeModel() {
    this(new TreeMap<>(), new TreeMap<>());
  }

  private VolumeModel(Map<String, byte[]> entries, NavigableMap<Long, byte[]> chunks) {
    this.entries = entries;
    this.chunks = chunks;
  }

  VolumeModel copy() {
    return new VolumeModel(new TreeMap<>(entries), new TreeMap<>(chunks));
  }

  private static long place(long inode, long number) {
    return inode * 1_000_000 + number;
  }

  /// Changes both the volume and the model.
  void change(VolumeStore volume, Random random) throws IOException {
    var changes = new Changes();
    var after = copy();
    for (int i = 1 + random.nextInt(3); i > 0; i--) {
      after.one(volume, changes, random);
    }
    volume.apply(changes);
    entries.clear();
    entries.putAll(after.entries);
    chunks.clear();
    chunks.putAll(after.chunks);
  }

  private void one(VolumeStore volume, Changes changes, Random random) throws IOException {
    long inode = 1L + random.nextInt(INODES);
    var name = "%d/name-%d".formatted(inode, random.nextInt(NAMES));
    var key = TreeKey.name(inode, name.getBytes(java.nio.charset.StandardCharsets.US_ASCII));
    int what = random.nextInt(10);
    if (what < 4) {
      var value = new byte[random.nextInt(300)];
      random.nextBytes(value);
      changes.put(key, value);
      entries.put(name, value);
    } else if (what < 6) {
      changes.delete(key);
      entries.remove(name);
    } else if (what < 9) {
      var content = new byte[volume.chunkSize()];
      random.nextBytes(content);
      long number = random.nextInt(CHUNKS);
      changes.chunk(inode, number, volume.write(content, 0));
      chunks.put(place(inode, number), content);
    } else {
      long from = random.nextInt(CHUNKS);
      long end = from + random.nextInt(CHUNKS);
      changes.dropChunks(inode, from, end);
      chunks.subMap(place(inode, from), place(inode, end)).clear();
    }
  }

  /// Compares everything.
  void verify(VolumeStore volume) throws IOException {
    byte[] from = {};
    int found = 0;
    var end = new byte[] {(byte) 0xff};
    for (var entry = volume.next(from, end); entry.isPresent(); entry = volume.next(from, end)) {
      var key = entry.get().key();
      if (key[8] == TreeKey.Kind.NAME.number()) {
        var name = new String(key, 9, key.length - 9, java.nio.charset.StandardCharsets.US_ASCII);
        assertArrayEquals(entries.get(name), entry.get().value(), name);
        assertEquals(name.charAt(0) - '0', ByteBuffer.wrap(key).getLong());
        found++;
      }
      from = Arrays.copyOf(key, key.length + 1);
    }
    assertEquals(entries.size(), found);
    verifyChunks(volume);
  }

  private void verifyChunks(VolumeStore volume) throws IOException {
    var content = new byte[volume.chunkSize()];
    for (long inode = 1; inode <= INODES; inode++) {
      for (long number = 0; number < 2 * CHUNKS; number++) {
        var expected = chunks.get(place(inode, number));
        boolean has = volume.read(inode, number, content, 0);
        assertEquals(expected != null, has);
        if (expected != null) {
          assertArrayEquals(expected, content);
        }
      }
    }
  }
}
