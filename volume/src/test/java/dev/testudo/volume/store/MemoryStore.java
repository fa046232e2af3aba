package dev.testudo.volume.store;

import dev.testudo.volume.format.TreeKey;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.TreeMap;

/// A store that keeps everything in maps: what a store means, without what a disk needs.
public final class MemoryStore implements VolumeStore {
  private final NavigableMap<byte[], byte[]> entries = new TreeMap<>(Arrays::compareUnsigned);
  private final Map<Long, NavigableMap<Long, byte[]>> chunks = new HashMap<>();
  private final int chunkSize;
  private final long most;
  private long used;

  /// @param most how many chunks there may be
  public MemoryStore(int chunkSize, long most) {
    this.chunkSize = chunkSize;
    this.most = most;
  }

  @SuppressWarnings("ArrayRecordComponent") // never compared
  private record InMemory(byte[] content) implements StoredChunk {}

  @Override
  public int chunkSize() {
    return chunkSize;
  }

  @Override
  public int longestValue() {
    return chunkSize / 2 - TreeKey.LONGEST - 16;
  }

  @Override
  public synchronized Optional<byte[]> get(TreeKey key) {
    return Optional.ofNullable(entries.get(key.bytes()));
  }

  @Override
  public synchronized Optional<Entry> next(byte[] from, byte[] to) {
    return Optional.ofNullable(entries.ceilingEntry(from))
        .filter(entry -> Arrays.compareUnsigned(entry.getKey(), to) < 0)
        .map(entry -> new Entry(entry.getKey(), entry.getValue()));
  }

  @Override
  public synchronized boolean read(long inode, long number, byte[] into, int offset) {
    var chunk = chunks.getOrDefault(inode, new TreeMap<>()).get(number);
    if (chunk == null) {
      return false;
    }
    System.arraycopy(chunk, 0, into, offset, chunkSize);
    return true;
  }

  @Override
  public synchronized StoredChunk write(byte[] from, int offset) throws NoSpaceException {
    if (used >= most) {
      throw new NoSpaceException("there are %d chunks".formatted(used));
    }
    used++;
    return new InMemory(Arrays.copyOfRange(from, offset, offset + chunkSize));
  }

  @Override
  public synchronized void discard(StoredChunk chunk) {
    used--;
  }

  @Override
  public synchronized void apply(Changes changes) {
    for (var change : changes.list()) {
      switch (change) {
        case Changes.Change.Put(var key, var value) -> entries.put(key, value.clone());
        case Changes.Change.Delete(var key) -> entries.remove(key);
        case Changes.Change.Chunk(var inode, var number, var chunk) -> {
          var of = chunks.computeIfAbsent(inode, _ -> new TreeMap<>());
          used -= of.put(number, ((InMemory) chunk).content()) == null ? 0 : 1;
        }
        case Changes.Change.Drop(var inode, var from, var end) -> {
          var dropped = chunks.computeIfAbsent(inode, _ -> new TreeMap<>()).subMap(from, end);
          used -= dropped.size();
          dropped.clear();
        }
      }
    }
  }

  @Override
  public synchronized OptionalLong nextChunk(long inode, long number, long end) {
    var next = chunks.getOrDefault(inode, new TreeMap<>()).ceilingKey(number);
    return next == null || next >= end ? OptionalLong.empty() : OptionalLong.of(next);
  }

  @Override
  public synchronized long chunks(long inode) {
    return chunks.getOrDefault(inode, new TreeMap<>()).size();
  }

  @Override
  public void sync() {
    // Memory is as durable as it gets.
  }

  @Override
  public synchronized VolumeSpace space() {
    return new VolumeSpace(most * chunkSize, (most - used) * chunkSize);
  }

  @Override
  public void close() {
    // Nothing is open.
  }
}
