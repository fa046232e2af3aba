package dev.testudo.shield.supervisor.file;

import dev.testudo.linux.sys.ErrnoException;
import dev.testudo.linux.sys.Fd;
import dev.testudo.linux.sys.MemoryFile;
import dev.testudo.shield.ShownContent.Given;
import dev.testudo.shield.ShownContent.OnDemand;
import dev.testudo.shield.ShownFile;
import dev.testudo.trust.secret.Secret;
import java.util.Optional;

/// An injected file. Its content may be replaced by any thread.
final class FileNode implements Node, AutoCloseable {
  private final String path;
  private final boolean exists;
  private final LazyFiles lazy;
  private ShownFile file;

  /// The memory file, if its content was given.
  private Optional<MemoryFile> given;

  /// An action on the memory file, which stays the node's.
  interface Use<R> {
    R of(MemoryFile memory) throws ErrnoException;
  }

  /// @param exists whether the file system has an empty file at the path
  /// @param lazy keeps the memory file if the content is read on demand
  FileNode(String path, boolean exists, ShownFile file, LazyFiles lazy) throws ErrnoException {
    this.path = path;
    this.exists = exists;
    this.lazy = lazy;
    this.file = file;
    this.given = memory(name(), file);
  }

  @Override
  public String path() {
    return path;
  }

  @Override
  public boolean exists() {
    return exists;
  }

  /// Runs `use` on the present file, which may have its attributes only. A concurrent replacement
  /// waits.
  synchronized <R> R with(Use<R> use) throws ErrnoException {
    return use.of(
        switch (file.content()) {
          case Given _ -> given.orElseThrow();
          case OnDemand content -> lazy.attributes(this, file, content);
        });
  }

  /// Opens the file anew, with its content.
  synchronized Fd open(int flags) throws ErrnoException {
    var memory =
        switch (file.content()) {
          case Given _ -> given.orElseThrow();
          case OnDemand content -> lazy.whole(this, file, content);
        };
    return memory.open(flags);
  }

  /// Replaces the content, mode and owner for later opens. Open descriptors keep the old file.
  void replace(ShownFile next) throws ErrnoException {
    var memory = memory(name(), next);
    synchronized (this) {
      given.ifPresent(MemoryFile::close);
      given = memory;
      file = next;
    }
  }

  private static Optional<MemoryFile> memory(String name, ShownFile file) throws ErrnoException {
    return switch (file.content()) {
      case Given(var content) -> Optional.of(memory(name, file, content));
      case OnDemand _ -> Optional.empty();
    };
  }

  private static MemoryFile memory(String name, ShownFile file, Secret content)
      throws ErrnoException {
    return content.<MemoryFile, ErrnoException>revealOrThrow(
        bytes -> MemoryFile.of(name, bytes, file.mode(), file.owner()));
  }

  @Override
  public synchronized void close() {
    given.ifPresent(MemoryFile::close);
  }
}
