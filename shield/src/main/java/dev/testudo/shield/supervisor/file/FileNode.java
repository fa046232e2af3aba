package dev.testudo.shield.supervisor.file;

import dev.testudo.linux.sys.ErrnoException;
import dev.testudo.linux.sys.Fd;
import dev.testudo.linux.sys.MemoryFile;
import dev.testudo.shield.ShownFile;

/// An injected file. Its content may be replaced by any thread.
final class FileNode implements Node, AutoCloseable {
  private final String path;
  private final boolean exists;
  private final int number;
  private MemoryFile memory;
  private boolean script;

  /// An action on the memory file, which stays the node's.
  interface Use<R> {
    R of(MemoryFile memory) throws ErrnoException;
  }

  /// @param exists whether the file system has an empty file at the path
  /// @param number the descriptor through which the program executes the file
  FileNode(String path, boolean exists, int number, ShownFile file) throws ErrnoException {
    this.path = path;
    this.exists = exists;
    this.number = number;
    this.memory = memory(name(), file);
    this.script = isScript(file);
  }

  @Override
  public String path() {
    return path;
  }

  @Override
  public boolean exists() {
    return exists;
  }

  /// Returns the number of the descriptor through which the program executes the file. No other
  /// injected file has it.
  int number() {
    return number;
  }

  /// Returns whether the content begins with `#!`.
  synchronized boolean isScript() {
    return script;
  }

  /// Runs `use` on the present content. A concurrent replacement waits.
  synchronized <R> R with(Use<R> use) throws ErrnoException {
    return use.of(memory);
  }

  /// Opens the file anew.
  Fd open(int flags) throws ErrnoException {
    return with(memory -> memory.open(flags));
  }

  /// Replaces the content, mode and owner for later opens. Open descriptors keep the old file.
  void replace(ShownFile file) throws ErrnoException {
    var next = memory(name(), file);
    synchronized (this) {
      memory.close();
      memory = next;
      script = isScript(file);
    }
  }

  private static MemoryFile memory(String name, ShownFile file) throws ErrnoException {
    return file.content()
        .<MemoryFile, ErrnoException>revealOrThrow(
            bytes -> MemoryFile.of(name, bytes, file.mode(), file.owner()));
  }

  private static boolean isScript(ShownFile file) {
    return file.content().reveal(b -> b.length > 1 && b[0] == '#' && b[1] == '!');
  }

  @Override
  public synchronized void close() {
    memory.close();
  }
}
