package dev.testudo.volume.store;

import java.io.IOException;
import java.util.List;

/// A directory whose disk fails when a test says so.
final class FailingBacking implements Backing {
  private final Backing backing;
  private volatile Failure write = _ -> {};
  private volatile Failure sync = _ -> {};
  private volatile Failure rename = _ -> {};

  /// What happens before something is done to a file.
  interface Failure {
    void before(String name) throws IOException;
  }

  FailingBacking(Backing backing) {
    this.backing = backing;
  }

  static boolean isSegment(String name) {
    return name.contains(".s");
  }

  void onWrite(Failure failure) {
    write = failure;
  }

  void onRename(Failure failure) {
    rename = failure;
  }

  void onSync(Failure failure) {
    sync = failure;
  }

  @Override
  public List<String> names() throws IOException {
    return backing.names();
  }

  @Override
  public BackingFile create(String name) throws IOException {
    return new FailingFile(name, backing.create(name));
  }

  @Override
  public BackingFile open(String name) throws IOException {
    return new FailingFile(name, backing.open(name));
  }

  @Override
  public void delete(String name) throws IOException {
    backing.delete(name);
  }

  @Override
  public void rename(String from, String to) throws IOException {
    rename.before(from);
    backing.rename(from, to);
  }

  @Override
  public void syncNames() throws IOException {
    backing.syncNames();
  }

  @Override
  public long free() throws IOException {
    return backing.free();
  }

  @Override
  public long total() throws IOException {
    return backing.total();
  }

  @Override
  public void close() throws IOException {
    backing.close();
  }

  private final class FailingFile implements BackingFile {
    private final String name;
    private final BackingFile file;

    FailingFile(String name, BackingFile file) {
      this.name = name;
      this.file = file;
    }

    @Override
    public long size() throws IOException {
      return file.size();
    }

    @Override
    public int read(long position, byte[] into, int offset, int length) throws IOException {
      return file.read(position, into, offset, length);
    }

    @Override
    public void write(long position, byte[] from, int offset, int length) throws IOException {
      write.before(name);
      file.write(position, from, offset, length);
    }

    @Override
    public void allocate(long position, long length) throws IOException {
      file.allocate(position, length);
    }

    @Override
    public void punch(long position, long length) throws IOException {
      file.punch(position, length);
    }

    @Override
    public void sync() throws IOException {
      sync.before(name);
      file.sync();
    }

    @Override
    public void close() throws IOException {
      file.close();
    }
  }
}
