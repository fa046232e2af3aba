package dev.testudo.volume.store;

import dev.testudo.volume.format.ChunkCipher;

/// Sizes that decide how fast a store is and how much memory it takes, but not what it promises.
///
/// @param segmentBytes the size of a segment
/// @param journalBytes a checkpoint begins a new journal when one is that long
/// @param cacheBytes how much of the unchanged tree stays in memory
/// @param changedBytes a checkpoint is made when that much of the tree has changed, or when chunks
///     of that size wait for their slots
/// @param background whether the store commits and makes checkpoints by itself; otherwise only when
///     it is told
/// @param ledger sees each encryption
public record StoreTuning(
    int segmentBytes,
    int journalBytes,
    int cacheBytes,
    int changedBytes,
    boolean background,
    ChunkCipher.Ledger ledger) {
  /// What volumes use.
  public static final StoreTuning USUAL =
      new StoreTuning(64 << 20, 64 << 20, 8 << 20, 4 << 20, true, ChunkCipher.Ledger.NONE);

  /// How many bytes of chunks a commit takes inline.
  int inlineBytes() {
    return Math.min(64 << 10, segmentBytes / 8);
  }

  /// So many bytes of ciphertexts are written to their slots together.
  int togetherBytes() {
    return Math.min(512 << 10, segmentBytes / 4);
  }

  /// So much of another volume is copied together.
  int copyBytes() {
    return Math.min(256 << 10, changedBytes / 4);
  }

  /// By how much segments and journals grow.
  int growthBytes() {
    return Math.min(4 << 20, segmentBytes);
  }

  /// Returns the number of slots of a segment.
  int slots(int chunkSize) {
    return segmentBytes / chunkSize;
  }
}
