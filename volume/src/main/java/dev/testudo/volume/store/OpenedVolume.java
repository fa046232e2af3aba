package dev.testudo.volume.store;

import dev.testudo.volume.format.TreeKey;
import java.io.IOException;
import java.util.Arrays;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/// A volume that is open for writing or for reading only: what both find in its state.
abstract sealed class OpenedVolume implements VolumeStore permits ReadableVolume, WritableVolume {
  private final VolumeState state;

  /// Held while something is looked up in the state, or changes it.
  final ReentrantLock lock;

  OpenedVolume(VolumeState state, ReentrantLock lock) {
    this.state = state;
    this.lock = lock;
  }

  @Override
  public int chunkSize() {
    return state.shape().chunkSize();
  }

  @Override
  public int longestValue() {
    return IndexNode.longestValue(chunkSize());
  }

  @Override
  public Optional<byte[]> get(TreeKey key) throws IOException {
    var bytes = key.bytes();
    lock.lock();
    try {
      return Optional.ofNullable(state.get(bytes));
    } finally {
      lock.unlock();
    }
  }

  @Override
  public Optional<Entry> next(byte[] from, byte[] to) throws IOException {
    lock.lock();
    try {
      return state
          .tree()
          .ceiling(from)
          .filter(entry -> Arrays.compareUnsigned(entry.key(), to) < 0);
    } finally {
      lock.unlock();
    }
  }

  /// Returns where a chunk is, or null if it is a hole.
  final @Nullable SlotPointer pointer(long inode, long number) throws IOException {
    lock.lock();
    try {
      return state.pointer(inode, number);
    } finally {
      lock.unlock();
    }
  }

  @Override
  public OptionalLong nextChunk(long inode, long number, long end) throws IOException {
    lock.lock();
    try {
      return state.nextChunk(inode, number, end);
    } finally {
      lock.unlock();
    }
  }

  @Override
  public long chunks(long inode) throws IOException {
    lock.lock();
    try {
      return state.chunks(inode);
    } finally {
      lock.unlock();
    }
  }
}
