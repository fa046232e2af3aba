package dev.testudo.volume.store;

import java.nio.file.NoSuchFileException;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/// A directory in a map.
final class MapBacking implements Backing {
  private static final long TOTAL = 64 << 20;

  private final Map<String, byte[]> files = new TreeMap<>();

  void put(String name, byte[] bytes) {
    files.put(name, bytes.clone());
  }

  @Override
  public List<String> names() {
    return List.copyOf(files.keySet());
  }

  @Override
  public BackingFile create(String name) {
    files.put(name, new byte[0]);
    return new MapFile(name);
  }

  @Override
  public BackingFile open(String name) throws NoSuchFileException {
    if (!files.containsKey(name)) {
      throw new NoSuchFileException(name);
    }
    return new MapFile(name);
  }

  @Override
  public void delete(String name) {
    files.remove(name);
  }

  @Override
  public void rename(String from, String to) throws NoSuchFileException {
    var bytes = files.remove(from);
    if (bytes == null) {
      throw new NoSuchFileException(from);
    }
    files.put(to, bytes);
  }

  @Override
  public void syncNames() {
    // Memory needs none.
  }

  @Override
  public long free() {
    return TOTAL;
  }

  @Override
  public long total() {
    return TOTAL;
  }

  @Override
  public void close() {
    // Nothing is open.
  }

  private final class MapFile implements BackingFile {
    private final String name;

    MapFile(String name) {
      this.name = name;
    }

    private byte[] bytes() {
      return files.getOrDefault(name, new byte[0]);
    }

    @Override
    public long size() {
      return bytes().length;
    }

    @Override
    public int read(long position, byte[] into, int offset, int length) {
      int count = Math.clamp(size() - position, 0, length);
      if (count > 0) {
        System.arraycopy(bytes(), (int) position, into, offset, count);
      }
      return count;
    }

    @Override
    public void write(long position, byte[] from, int offset, int length) {
      allocate(position, length);
      System.arraycopy(from, offset, bytes(), (int) position, length);
    }

    @Override
    public void allocate(long position, long length) {
      int size = (int) Math.max(size(), position + length);
      files.put(name, size == size() ? bytes() : Arrays.copyOf(bytes(), size));
    }

    @Override
    public void punch(long position, long length) {
      int to = (int) Math.min(size(), position + length);
      Arrays.fill(bytes(), (int) Math.min(position, to), to, (byte) 0);
    }

    @Override
    public void sync() {
      // Memory needs none.
    }

    @Override
    public void close() {
      // Nothing is open.
    }
  }
}
