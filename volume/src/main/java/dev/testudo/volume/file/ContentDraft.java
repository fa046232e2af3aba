package dev.testudo.volume.file;

import dev.testudo.volume.store.StoredChunk;
import dev.testudo.volume.store.VolumeStore;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/// A change of one file's content, while it is put together. Chunks are encrypted before anything
/// refers to them, so nobody waits for that. For the thread that holds the lock of the content.
final class ContentDraft {
  private final Metadata metadata;
  private final VolumeStore store;
  private final byte[] buffer;
  private final long number;
  private final long size;
  private final List<Replaced> chunks = new ArrayList<>();
  private Optional<byte[]> inline;
  private Inline inlineChange = Inline.STAYS;
  private long dropFrom;
  private long dropTo;

  private record Replaced(long number, StoredChunk chunk) {}

  private enum Inline {
    STAYS,
    CHANGES,
    GOES
  }

  /// @param size the bytes of the file before the change
  ContentDraft(Metadata metadata, long number, long size) throws IOException {
    this.metadata = metadata;
    this.store = metadata.store();
    this.number = number;
    this.size = size;
    this.buffer = new byte[store.chunkSize()];
    this.inline =
        size <= Contents.LARGEST_INLINE ? store.get(FileKeys.inline(number)) : Optional.empty();
  }

  /// Returns the content if it is an entry of the tree. The caller does not change it.
  Optional<byte[]> inline() {
    return inline;
  }

  /// Returns whether the file has no chunks.
  boolean fitsTree() throws IOException {
    return inline.isPresent() || size == 0 || store.nextChunk(number, 0, 1).isEmpty();
  }

  void putInline(byte[] content) {
    inline = Optional.of(content);
    inlineChange = Inline.CHANGES;
  }

  /// Writes a part of a chunk, and keeps the rest of it.
  void write(Pieces.Piece piece, byte[] from, int at) throws IOException {
    if (piece.length() == buffer.length) {
      chunks.add(new Replaced(piece.number(), store.write(from, at)));
      return;
    }
    boolean all = piece.from() == 0 && piece.number() * buffer.length + piece.to() >= size;
    if (all) {
      Arrays.fill(buffer, (byte) 0);
    } else {
      load(piece.number());
    }
    System.arraycopy(from, at, buffer, piece.from(), piece.length());
    store(piece.number());
  }

  /// Writes zeros to a part of a chunk. A hole stays one.
  void zero(Pieces.Piece piece) throws IOException {
    if (store.nextChunk(number, piece.number(), piece.number() + 1).isPresent()) {
      load(piece.number());
      Arrays.fill(buffer, piece.from(), piece.to(), (byte) 0);
      store(piece.number());
    }
  }

  /// Makes a chunk of a content that was an entry of the tree and is too long for it now.
  void leaveTree() throws IOException {
    if (inline.isEmpty()) {
      return;
    }
    if (chunks.stream().noneMatch(replaced -> replaced.number() == 0)) {
      load(0);
      store(0);
    }
    inlineChange = Inline.GOES;
  }

  /// Drops whole chunks.
  void drop(long from, long to) {
    dropFrom = from;
    dropTo = to;
  }

  private void load(long chunk) throws IOException {
    if (inline.isPresent() && chunk == 0) {
      var content = inline.get();
      System.arraycopy(content, 0, buffer, 0, content.length);
      Arrays.fill(buffer, content.length, buffer.length, (byte) 0);
    } else if (!store.read(number, chunk, buffer, 0)) {
      Arrays.fill(buffer, (byte) 0);
    }
  }

  private void store(long chunk) throws IOException {
    chunks.add(new Replaced(chunk, store.write(buffer, 0)));
  }

  /// Applies the change, with what `operation` changes of the inode.
  void apply(Metadata.Operation<?> operation) throws IOException {
    metadata.edit(
        edit -> {
          switch (inlineChange) {
            case STAYS -> {}
            case CHANGES -> edit.put(FileKeys.inline(number), inline.orElseThrow());
            case GOES -> edit.delete(FileKeys.inline(number));
          }
          for (var replaced : chunks) {
            edit.chunks().chunk(number, replaced.number(), replaced.chunk());
          }
          if (dropFrom < dropTo) {
            edit.chunks().dropChunks(number, dropFrom, dropTo);
          }
          return operation.in(edit);
        });
    chunks.clear();
  }

  /// Gives back what was not applied.
  void discard() {
    chunks.forEach(replaced -> store.discard(replaced.chunk()));
    chunks.clear();
  }
}
