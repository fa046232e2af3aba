package dev.testudo.volume.store;

import dev.testudo.volume.format.TreeKey;
import java.util.ArrayList;
import java.util.List;

/// What one operation of a file system changes, in this order. For one thread at a time, and for
/// one call of [VolumeStore#apply].
public final class Changes {
  private final List<Change> changes = new ArrayList<>();

  /// One of the changes.
  sealed interface Change {
    /// A key has a value from now on.
    @SuppressWarnings("ArrayRecordComponent") // never compared
    record Put(byte[] key, byte[] value) implements Change {}

    /// A key has no value any more.
    @SuppressWarnings("ArrayRecordComponent") // never compared
    record Delete(byte[] key) implements Change {}

    /// An inode has a chunk from now on.
    record Chunk(long inode, long number, StoredChunk chunk) implements Change {}

    /// The chunks `from` to `end` of an inode, without the last, become holes.
    record Drop(long inode, long from, long end) implements Change {}
  }

  /// Gives a key a value, whether it has one or not.
  ///
  /// @param value at most [VolumeStore#longestValue] bytes; the caller does not change it any more
  public Changes put(TreeKey key, byte[] value) {
    changes.add(new Change.Put(own(key), value));
    return this;
  }

  /// Removes a key and its value, if it exists.
  public Changes delete(TreeKey key) {
    changes.add(new Change.Delete(own(key)));
    return this;
  }

  /// Replaces a chunk or a hole by a chunk.
  ///
  /// @param chunk what [VolumeStore#write] has returned; it belongs to the store now
  public Changes chunk(long inode, long number, StoredChunk chunk) {
    requireInode(inode);
    if (number < 0 || number > MOST_CHUNKS) {
      throw new IllegalArgumentException("no file has a chunk %d".formatted(number));
    }
    changes.add(new Change.Chunk(inode, number, chunk));
    return this;
  }

  /// Makes chunks holes. Ranges without chunks cost nothing.
  ///
  /// @param end the first chunk that stays; [Long#MAX_VALUE] for none
  public Changes dropChunks(long inode, long from, long end) {
    requireInode(inode);
    if (from < 0 || end < from) {
      throw new IllegalArgumentException("no range: %d to %d".formatted(from, end));
    }
    changes.add(new Change.Drop(inode, from, end));
    return this;
  }

  /// Marks the volume as a copy: see [RekeyMark].
  Changes mark(byte[] value) {
    changes.add(new Change.Put(RekeyMark.KEY.bytes(), value));
    return this;
  }

  /// Removes the mark.
  Changes unmark() {
    changes.add(new Change.Delete(RekeyMark.KEY.bytes()));
    return this;
  }

  /// Returns whether there are none.
  public boolean isEmpty() {
    return changes.isEmpty();
  }

  List<Change> list() {
    return List.copyOf(changes);
  }

  /// The highest number of a chunk: files end at 2^63 bytes, and chunks have at least 2^12.
  static final long MOST_CHUNKS = 1L << 51;

  private static byte[] own(TreeKey key) {
    requireInode(key.inode());
    if (key.kind() == TreeKey.Kind.RUN) {
      throw new IllegalArgumentException("runs of chunks belong to the store");
    }
    var bytes = key.bytes();
    if (bytes.length > TreeKey.LONGEST) {
      throw new IllegalArgumentException("a key of %d bytes".formatted(bytes.length));
    }
    return bytes;
  }

  private static void requireInode(long inode) {
    if (inode == 0) {
      throw new IllegalArgumentException("inode 0 belongs to the store");
    }
  }
}
