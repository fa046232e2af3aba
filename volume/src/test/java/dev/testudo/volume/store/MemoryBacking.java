package dev.testudo.volume.store;

import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.NoSuchFileException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.TreeSet;

/// A directory in memory that records what is done to it.
public final class MemoryBacking implements Backing {
  private final Map<String, Content> files = new TreeMap<>();
  private final List<Call> calls = new ArrayList<>();
  private long capacity = 1L << 40;
  private boolean recording;
  private Runnable beforeCall = () -> {};

  /// What was done.
  public sealed interface Call {
    String name();

    record Create(String name) implements Call {}

    record Delete(String name) implements Call {}

    record Rename(String name, String to) implements Call {}

    record Names(String name) implements Call {}

    record Size(String name, long size) implements Call {}

    @SuppressWarnings("ArrayRecordComponent") // never compared
    record Write(String name, long position, byte[] bytes) implements Call {}

    record Punch(String name, long position, long length) implements Call {}

    record Sync(String name) implements Call {}
  }

  private static final class Content {
    private byte[] bytes = new byte[0];
    private int length;

    void grow(long to) {
      if (to > bytes.length) {
        bytes =
            Arrays.copyOf(bytes, (int) Math.max(to, Math.min(2L * bytes.length, to + (1 << 20))));
      }
      length = (int) Math.max(length, to);
    }
  }

  public MemoryBacking() {}

  /// A directory with these files.
  public static MemoryBacking of(Map<String, byte[]> files) {
    var backing = new MemoryBacking();
    files.forEach(
        (name, bytes) -> {
          var content = new Content();
          content.bytes = bytes.clone();
          content.length = bytes.length;
          backing.files.put(name, content);
        });
    return backing;
  }

  /// Returns a copy of all files.
  public synchronized Map<String, byte[]> snapshot() {
    var copy = new TreeMap<String, byte[]>();
    files.forEach((name, content) -> copy.put(name, Arrays.copyOf(content.bytes, content.length)));
    return copy;
  }

  public synchronized MemoryBacking recording() {
    recording = true;
    return this;
  }

  public synchronized void setCapacity(long bytes) {
    capacity = bytes;
  }

  /// Called before each call that changes something.
  public synchronized void beforeCall(Runnable run) {
    beforeCall = run;
  }

  public synchronized List<Call> calls() {
    return List.copyOf(calls);
  }

  public synchronized int callCount() {
    return calls.size();
  }

  private void record(Call call) {
    beforeCall.run();
    if (recording) {
      calls.add(call);
    }
  }

  public synchronized long used() {
    return files.values().stream().mapToLong(content -> content.length).sum();
  }

  @Override
  public synchronized List<String> names() {
    return List.copyOf(new TreeSet<>(files.keySet()));
  }

  @Override
  public synchronized BackingFile create(String name) throws IOException {
    if (files.containsKey(name)) {
      throw new FileAlreadyExistsException(name);
    }
    record(new Call.Create(name));
    var content = new Content();
    files.put(name, content);
    return new InMemory(name, content);
  }

  @Override
  public synchronized BackingFile open(String name) throws IOException {
    var content = files.get(name);
    if (content == null) {
      throw new NoSuchFileException(name);
    }
    return new InMemory(name, content);
  }

  @Override
  public synchronized void delete(String name) {
    record(new Call.Delete(name));
    files.remove(name);
  }

  @Override
  public synchronized void rename(String from, String to) throws IOException {
    if (!files.containsKey(from)) {
      throw new NoSuchFileException(from);
    }
    record(new Call.Rename(from, to));
    files.put(to, Objects.requireNonNull(files.remove(from)));
  }

  @Override
  public synchronized void syncNames() {
    record(new Call.Names(""));
  }

  @Override
  public synchronized long free() {
    return Math.max(0, capacity - used());
  }

  @Override
  public synchronized long total() {
    return capacity;
  }

  @Override
  public void close() {
    // Nothing is open.
  }

  private final class InMemory implements BackingFile {
    private final String name;
    private final Content content;

    InMemory(String name, Content content) {
      this.name = name;
      this.content = content;
    }

    @Override
    public long size() {
      synchronized (MemoryBacking.this) {
        return content.length;
      }
    }

    @Override
    public int read(long position, byte[] into, int offset, int length) {
      synchronized (MemoryBacking.this) {
        int count = Math.clamp(content.length - position, 0, length);
        if (count > 0) {
          System.arraycopy(content.bytes, (int) position, into, offset, count);
        }
        return count;
      }
    }

    @Override
    public void write(long position, byte[] from, int offset, int length) throws IOException {
      synchronized (MemoryBacking.this) {
        requireRoom(position + length);
        record(new Call.Write(name, position, Arrays.copyOfRange(from, offset, offset + length)));
        content.grow(position + length);
        System.arraycopy(from, offset, content.bytes, (int) position, length);
      }
    }

    private void requireRoom(long to) throws IOException {
      if (to > content.length && to - content.length > free()) {
        throw new NoSpaceException("the memory of the test is full");
      }
    }

    @Override
    public void allocate(long position, long length) throws IOException {
      synchronized (MemoryBacking.this) {
        requireRoom(position + length);
        record(new Call.Size(name, position + length));
        content.grow(position + length);
      }
    }

    @Override
    public void punch(long position, long length) {
      synchronized (MemoryBacking.this) {
        record(new Call.Punch(name, position, length));
        int to = (int) Math.min(content.length, position + length);
        if (position < to) {
          Arrays.fill(content.bytes, (int) position, to, (byte) 0);
        }
      }
    }

    @Override
    public void sync() {
      synchronized (MemoryBacking.this) {
        record(new Call.Sync(name));
      }
    }

    @Override
    public void close() {
      // Nothing is open.
    }
  }
}
