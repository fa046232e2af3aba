package dev.testudo.volume.sealed;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static java.nio.charset.StandardCharsets.UTF_8;

import dev.testudo.volume.VolumeEntry;
import dev.testudo.volume.format.Derived;
import dev.testudo.volume.format.Suite;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;

/// The hash of everything that decides about the bytes of a read-only volume, except its key. The
/// salt of the volume's keys depends on it, so that no key and nonce protects two texts.
///
/// It keeps the hash of each chunk, with which the writer checks that the content is still the same
/// when it encrypts it.
final class ContentHash {
  /// What [VolumeWriter] does with a content. It must change whenever the writer makes other bytes
  /// of the same entries: otherwise both would use the same keys and nonces for different texts.
  private static final int LAYOUT = 1;

  private static final String LABEL = "testudo-volume-v1 content\n";
  static final int HASH_BYTES = 32;

  private final MessageDigest all = Derived.sha256();
  private final MessageDigest one = Derived.sha256();
  private final Map<String, byte[]> chunks = new HashMap<>();
  private final int chunkSize;

  private ContentHash(int chunkSize) {
    this.chunkSize = chunkSize;
  }

  /// Reads all files once.
  static ContentHash of(EntryTree tree, Suite suite, int chunkSize) throws IOException {
    var hash = new ContentHash(chunkSize);
    var entries = tree.entries();
    hash.all.update(LABEL.getBytes(US_ASCII));
    hash.put(LAYOUT).put(suite.number()).put(chunkSize).put(entries.size());
    for (var entry : entries) {
      hash.add(entry);
    }
    return hash;
  }

  private void add(VolumeEntry entry) throws IOException {
    put(entry.path());
    switch (entry) {
      case VolumeEntry.Directory(_, var mode) -> put(InodeRecord.Type.DIRECTORY.number()).put(mode);
      case VolumeEntry.Link(_, var target) -> put(InodeRecord.Type.LINK.number()).put(target);
      case VolumeEntry.RegularFile file -> {
        put(InodeRecord.Type.FILE.number()).put(file.mode());
        all.update(little(Long.BYTES).putLong(file.size()).flip());
        var hashes = hashes(file);
        chunks.put(file.path(), hashes);
        all.update(hashes);
      }
    }
  }

  private ContentHash put(int number) {
    all.update(little(Integer.BYTES).putInt(number).flip());
    return this;
  }

  private ContentHash put(String text) {
    var bytes = text.getBytes(UTF_8);
    put(bytes.length);
    all.update(bytes);
    return this;
  }

  private static ByteBuffer little(int length) {
    return ByteBuffer.allocate(length).order(ByteOrder.LITTLE_ENDIAN);
  }

  private byte[] hashes(VolumeEntry.RegularFile file) throws IOException {
    int count = Math.toIntExact((file.size() + chunkSize - 1) / chunkSize);
    var hashes = ByteBuffer.allocate(count * HASH_BYTES);
    try (var in = file.content().open()) {
      for (var i = 0; i < count; i++) {
        hashes.put(one.digest(chunk(in, file, i)));
      }
      requireEnd(in, file);
    }
    return hashes.array();
  }

  /// Reads a chunk of a file, without what pads it.
  private byte[] chunk(InputStream in, VolumeEntry.RegularFile file, long number)
      throws IOException {
    int length = (int) Math.min(chunkSize, file.size() - number * chunkSize);
    var bytes = in.readNBytes(length);
    if (bytes.length < length) {
      throw new EOFException("%s has less than %d bytes".formatted(file.path(), file.size()));
    }
    return bytes;
  }

  /// Reads the same chunk of a file again.
  ///
  /// @throws IOException if its content is another one
  byte[] sameChunk(InputStream in, VolumeEntry.RegularFile file, int number) throws IOException {
    var bytes = chunk(in, file, number);
    var hashes = chunks.getOrDefault(file.path(), new byte[0]);
    int from = number * HASH_BYTES;
    boolean same = Arrays.equals(hashes, from, from + HASH_BYTES, one.digest(bytes), 0, HASH_BYTES);
    if (!same) {
      throw new IOException("%s has changed while it was encrypted".formatted(file.path()));
    }
    return bytes;
  }

  private static void requireEnd(InputStream in, VolumeEntry.RegularFile file) throws IOException {
    if (in.read() >= 0) {
      throw new IOException("%s has more than %d bytes".formatted(file.path(), file.size()));
    }
  }

  /// Returns the hash. May be called once.
  byte[] digest() {
    return all.digest();
  }
}
