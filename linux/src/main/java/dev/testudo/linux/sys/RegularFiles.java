package dev.testudo.linux.sys;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/// Opens files in directories that others can change at any moment.
public final class RegularFiles {
  private RegularFiles() {}

  /// Opens a regular file for reading. Never waits, follows no link at the end of `path`, and does
  /// nothing to a device or a FIFO: what is there is looked at before it is opened, and the same
  /// inode is opened then (`O_PATH`, and its name in `/proc/self/fd`).
  ///
  /// @throws NoSuchFileException if there is none
  /// @throws NotRegularException if something else is there
  public static FileChannel read(Path path) throws IOException {
    try (var found = Files.open(path.toString(), Files.O_PATH | Files.O_NOFOLLOW)) {
      if ((Files.mode(found) & Files.S_IFMT) != Files.S_IFREG) {
        throw new NotRegularException(path.toString());
      }
      return FileChannel.open(Path.of("/proc/self/fd/" + found.value()), StandardOpenOption.READ);
    } catch (ErrnoException e) {
      throw e.errno() == Errno.ENOENT ? new NoSuchFileException(path.toString()) : e;
    }
  }

  /// Thrown when a directory, a link, a FIFO, a socket or a device is where a file should be.
  public static final class NotRegularException extends FileSystemException {
    private static final long serialVersionUID = 1;

    NotRegularException(String path) {
      super(path, null, "it is no regular file");
    }
  }
}
