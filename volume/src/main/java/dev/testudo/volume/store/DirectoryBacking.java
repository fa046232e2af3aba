package dev.testudo.volume.store;

import dev.testudo.linux.sys.ErrnoException;
import dev.testudo.linux.sys.FileSpace;
import dev.testudo.linux.sys.RegularFiles;
import dev.testudo.volume.VolumeException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;

/// A directory of a file system. Others may change it at any moment: nothing but regular files is
/// opened, and no link is followed.
///
/// Threads that use it must not be interrupted: that closes Java's channels.
public final class DirectoryBacking implements Backing {
  /// The file that is locked while a volume is written. CAS decides who writes; the lock only tells
  /// a mistake early.
  static final String LOCK = "lock";

  /// How many files a directory may have.
  private static final int MOST_NAMES = 1_000_000;

  private final Path directory;
  private final List<AutoCloseable> locks = new ArrayList<>();

  private DirectoryBacking(Path directory) {
    this.directory = directory;
  }

  /// Opens a directory for a volume that is only read.
  public static DirectoryBacking shared(Path directory) {
    return new DirectoryBacking(directory);
  }

  /// Opens a directory for a volume that is written, and locks it against other processes.
  ///
  /// @throws VolumeException if another process has it locked
  public static DirectoryBacking locked(Path directory) throws IOException {
    var backing = new DirectoryBacking(directory);
    backing.lock(false);
    return backing;
  }

  /// Opens a directory for a volume that this process has a lease of. All that have had one share
  /// the lock, because none can harm a later one. It keeps out who writes without a lease.
  ///
  /// @throws VolumeException if such a process has it locked
  public static DirectoryBacking leased(Path directory) throws IOException {
    var backing = new DirectoryBacking(directory);
    backing.lock(true);
    return backing;
  }

  @SuppressWarnings("MustBeClosedChecker") // closed with the backing
  private void lock(boolean isShared) throws IOException {
    var file = directory.resolve(LOCK);
    if (Files.exists(file, LinkOption.NOFOLLOW_LINKS)
        && !Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS)) {
      throw notRegular(LOCK);
    }
    var channel =
        FileChannel.open(
            file,
            StandardOpenOption.CREATE,
            StandardOpenOption.READ,
            StandardOpenOption.WRITE,
            LinkOption.NOFOLLOW_LINKS);
    locks.add(channel);
    try {
      if (channel.tryLock(0, Long.MAX_VALUE, isShared) != null) {
        return;
      }
    } catch (OverlappingFileLockException _) {
      // This process has it.
    } catch (IOException e) {
      if (isShared) {
        return; // a file system without locks; the lease decides
      }
      throw e;
    }
    channel.close();
    throw VolumeException.refused(
        VolumeException.Kind.IN_USE,
        "the volume in `%s` is in use by another process".formatted(directory));
  }

  @Override
  public List<String> names() throws IOException {
    try (var files = Files.newDirectoryStream(directory)) {
      var names = new ArrayList<String>();
      for (var file : files) {
        names.add(String.valueOf(file.getFileName()));
        if (names.size() > MOST_NAMES) {
          throw VolumeException.damaged(
              "directory", "it has more than %d files".formatted(MOST_NAMES));
        }
      }
      return names;
    }
  }

  @Override
  public BackingFile create(String name) throws IOException {
    var path = directory.resolve(name);
    try {
      return new DirectoryFile(
          path,
          FileChannel.open(
              path,
              StandardOpenOption.CREATE_NEW,
              StandardOpenOption.READ,
              StandardOpenOption.WRITE));
    } catch (FileSystemException e) {
      throw DirectoryFile.noSpace(e);
    }
  }

  @Override
  @SuppressWarnings("MustBeClosedChecker") // closed with the file
  public BackingFile open(String name) throws IOException {
    var path = directory.resolve(name);
    try {
      return new DirectoryFile(path, RegularFiles.read(path));
    } catch (RegularFiles.NotRegularException _) {
      throw notRegular(name);
    }
  }

  private static VolumeException notRegular(String name) {
    return VolumeException.damaged(name, "it is no regular file");
  }

  @Override
  public void delete(String name) throws IOException {
    Files.deleteIfExists(directory.resolve(name));
  }

  @Override
  public void rename(String from, String to) throws IOException {
    Files.move(
        directory.resolve(from),
        directory.resolve(to),
        StandardCopyOption.ATOMIC_MOVE,
        StandardCopyOption.REPLACE_EXISTING);
  }

  @Override
  public void syncNames() throws IOException {
    try (var channel = FileChannel.open(directory)) {
      channel.force(true);
    }
  }

  /// Asks the kernel each time, which takes a microsecond. Java's `FileStore` reads the list of all
  /// mounts to find the file system, which takes a millisecond and fails if the directory is in
  /// none of them.
  private FileSpace.Total space() throws IOException {
    return FileSpace.of(directory.toString());
  }

  @Override
  public long free() throws IOException {
    return space().free();
  }

  @Override
  public long total() throws IOException {
    return space().total();
  }

  @Override
  public void close() throws IOException {
    for (var lock : locks) {
      try {
        lock.close();
      } catch (IOException e) {
        throw e;
      } catch (Exception e) {
        throw new IOException(e);
      }
    }
  }

  /// A file of the directory.
  private record DirectoryFile(Path path, FileChannel channel) implements BackingFile {
    @Override
    public long size() throws IOException {
      return channel.size();
    }

    @Override
    public int read(long position, byte[] into, int offset, int length) throws IOException {
      var buffer = ByteBuffer.wrap(into, offset, length);
      while (buffer.hasRemaining()) {
        int count = channel.read(buffer, position + buffer.position() - offset);
        if (count < 0) {
          break;
        }
      }
      return buffer.position() - offset;
    }

    @Override
    public void write(long position, byte[] from, int offset, int length) throws IOException {
      var buffer = ByteBuffer.wrap(from, offset, length);
      try {
        while (buffer.hasRemaining()) {
          channel.write(buffer, position + buffer.position() - offset);
        }
      } catch (IOException e) {
        throw noSpace(e);
      }
    }

    @Override
    public void allocate(long position, long length) throws IOException {
      try {
        if (FileSpace.allocate(path.toString(), position, length)) {
          return;
        }
      } catch (ErrnoException e) {
        throw noSpace(new IOException("cannot allocate %s".formatted(path), e));
      }
      long end = position + length;
      if (end > channel.size()) {
        write(end - 1, new byte[1], 0, 1);
      }
    }

    @Override
    public void punch(long position, long length) throws IOException {
      try {
        FileSpace.punch(path.toString(), position, length);
      } catch (ErrnoException e) {
        throw new IOException("cannot punch a hole into %s".formatted(path), e);
      }
    }

    @Override
    public void sync() throws IOException {
      channel.force(false);
    }

    @Override
    public void close() throws IOException {
      channel.close();
    }

    /// Returns the exception, or a [NoSpaceException] if it means that. Java has no other sign of
    /// it than the words of the C library.
    static IOException noSpace(IOException e) {
      for (Throwable cause = e; cause != null; cause = cause.getCause()) {
        var message = String.valueOf(cause.getMessage());
        if ((cause instanceof ErrnoException errno && FileSpace.isNoSpace(errno))
            || message.contains("No space left on device")
            || message.contains("Disk quota exceeded")) {
          return new NoSpaceException("the backing store of the volume is full", e);
        }
      }
      return e;
    }
  }
}
