package dev.testudo.shield.supervisor.file;

import static dev.testudo.linux.sys.Errno.EIO;

import dev.testudo.linux.sys.ErrnoException;
import dev.testudo.linux.sys.Fd;
import dev.testudo.linux.sys.MemoryFile;
import dev.testudo.shield.ShownContent.OnDemand;
import dev.testudo.shield.ShownFile;
import java.io.IOException;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;

/// The memory files of injected files whose content is read when the program opens them.
///
/// A file that was only looked at has its attributes and no content. The files that were used last
/// are kept, up to a number and a size. What the program has open stays open when it is dropped
/// here; the next open makes another memory file, with another inode number.
final class LazyFiles implements AutoCloseable {
  private static final int MOST_FILES = 256;
  private static final long MOST_BYTES = 256L << 20;

  /// A file without content has a second descriptor, for writing it.
  private static final int DESCRIPTORS_EACH = 2;

  /// Which part of this process's descriptors may be used.
  private static final int SHARE = 8;

  private final Map<FileNode, MemoryFile> files = new LinkedHashMap<>(16, 0.75f, true);
  private final int mostFiles;

  LazyFiles() throws ErrnoException {
    mostFiles = most();
  }

  /// Returns how many descriptors the files may have at most.
  static int descriptors() throws ErrnoException {
    return DESCRIPTORS_EACH * (most() + 1);
  }

  private static int most() throws ErrnoException {
    return Math.clamp(Fd.limit() / SHARE / DESCRIPTORS_EACH, 1, MOST_FILES);
  }

  /// Returns the file with its attributes. It may lack its content.
  synchronized MemoryFile attributes(FileNode node, ShownFile file, OnDemand content)
      throws ErrnoException {
    var known = files.get(node);
    if (known != null) {
      return known;
    }
    var created = MemoryFile.empty(node.name(), content.size(), file.mode(), file.owner());
    files.put(node, created);
    drop();
    return created;
  }

  /// Returns the file with its content.
  ///
  /// @throws ErrnoException `EIO` if the content cannot be read; nobody gets any of it
  synchronized MemoryFile whole(FileNode node, ShownFile file, OnDemand content)
      throws ErrnoException {
    var memory = attributes(node, file, content);
    if (!memory.isFilled()) {
      try (var in = content.source().open()) {
        memory.fill(in);
      } catch (ErrnoException e) {
        forget(node);
        throw e;
      } catch (IOException e) {
        forget(node);
        throw new ErrnoException("content of " + node.name(), EIO);
      }
      drop();
    }
    return memory;
  }

  private void forget(FileNode node) {
    var memory = files.remove(node);
    if (memory != null) {
      memory.close();
    }
  }

  /// Drops the files that were not used for longest, but never the last one.
  private void drop() {
    long bytes = files.values().stream().mapToLong(LazyFiles::held).sum();
    Iterator<MemoryFile> oldest = files.values().iterator();
    while (files.size() > 1 && (files.size() > mostFiles || bytes > MOST_BYTES)) {
      var file = oldest.next();
      bytes -= held(file);
      file.close();
      oldest.remove();
    }
  }

  private static long held(MemoryFile file) {
    return file.isFilled() ? file.length() : 0;
  }

  @Override
  public synchronized void close() {
    files.values().forEach(MemoryFile::close);
    files.clear();
  }
}
