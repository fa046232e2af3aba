package dev.testudo.volume.store;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/// A directory whose volume keeps its state, whatever a mount does: new files are in a directory of
/// their own, which is removed at the end, and the others stay as they are. Several mounts may use
/// the same directory at once.
public final class EphemeralBacking implements Backing {
  /// What the names of these directories begin with.
  static final String PREFIX = "ephemeral-";

  private final DirectoryBacking base;
  private final Path scratch;
  private final DirectoryBacking changes;

  /// The names that were created here, or removed. The others are those of the base.
  private final Set<String> created = new HashSet<>();

  private final Set<String> removed = new HashSet<>();

  private EphemeralBacking(DirectoryBacking base, Path scratch, DirectoryBacking changes) {
    this.base = base;
    this.scratch = scratch;
    this.changes = changes;
  }

  /// Opens a directory, which must be writable for the new files. Removes what mounts have left
  /// that were killed.
  public static EphemeralBacking over(Path directory) throws IOException {
    AbandonedScratch.remove(directory);
    var scratch = Files.createTempDirectory(directory, PREFIX);
    return new EphemeralBacking(
        DirectoryBacking.shared(directory), scratch, DirectoryBacking.locked(scratch));
  }

  @Override
  public synchronized List<String> names() throws IOException {
    var names = new ArrayList<String>();
    for (var name : base.names()) {
      if (!removed.contains(name) && !name.startsWith(PREFIX)) {
        names.add(name);
      }
    }
    names.addAll(created);
    return names;
  }

  @Override
  public synchronized BackingFile create(String name) throws IOException {
    var file = changes.create(name);
    created.add(name);
    return file;
  }

  @Override
  public synchronized BackingFile open(String name) throws IOException {
    return created.contains(name) ? changes.open(name) : new Kept(base.open(name));
  }

  @Override
  public synchronized void delete(String name) throws IOException {
    if (created.remove(name)) {
      changes.delete(name);
    } else {
      removed.add(name);
    }
  }

  @Override
  public void rename(String from, String to) {
    throw new UnsupportedOperationException("the key of a volume stays when changes are lost");
  }

  @Override
  public void syncNames() {
    // Nothing has to survive.
  }

  @Override
  public long free() throws IOException {
    return base.free();
  }

  @Override
  public long total() throws IOException {
    return base.total();
  }

  @Override
  public synchronized void close() throws IOException {
    for (var name : List.copyOf(created)) {
      delete(name);
    }
    Files.delete(scratch.resolve(DirectoryBacking.LOCK));
    changes.close();
    base.close();
    Files.delete(scratch);
  }

  /// A file of the base, which nobody changes.
  private record Kept(BackingFile file) implements BackingFile {
    @Override
    public long size() throws IOException {
      return file.size();
    }

    @Override
    public int read(long position, byte[] into, int offset, int length) throws IOException {
      return file.read(position, into, offset, length);
    }

    @Override
    public void write(long position, byte[] from, int offset, int length) {
      throw new IllegalStateException("a mount writes only files that it has created");
    }

    @Override
    public void allocate(long position, long length) {
      throw new IllegalStateException("a mount writes only files that it has created");
    }

    @Override
    public void punch(long position, long length) {
      // The next mount needs it.
    }

    @Override
    public void sync() {
      // Nothing has changed.
    }

    @Override
    public void close() throws IOException {
      file.close();
    }
  }
}
