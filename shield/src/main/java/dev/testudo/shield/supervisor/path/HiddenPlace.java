package dev.testudo.shield.supervisor.path;

import dev.testudo.linux.sys.Credentials;
import dev.testudo.linux.sys.Errno;
import dev.testudo.linux.sys.ErrnoException;
import dev.testudo.linux.sys.Fd;
import dev.testudo.linux.sys.Files;
import dev.testudo.linux.sys.SocketAddress.UnixPath;
import dev.testudo.linux.sys.Sockets;
import java.io.IOException;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;

/// A Unix socket to which only the shield can connect. Its path was in a directory that nobody else
/// could enter, and was removed right after the socket was bound. The socket's inode lives on
/// without a name, through a descriptor.
///
/// @param name the former path, which nothing else ever has; the kernel still reports it
/// @param file the socket's inode
public record HiddenPlace(String name, Fd file) implements AutoCloseable {
  /// Memory file systems first, so that nothing is left behind after a power failure.
  private static final List<Path> FOLDERS =
      List.of(Path.of("/dev/shm"), Path.of("/run"), Path.of("/tmp"), Path.of("/var/tmp"));

  private static final String FOR_ALL = "rw-rw-rw-";

  /// The user and group ids of nobody, for `SO_PEERCRED` of the other end. A peer on the network
  /// has no user on this machine, and the shield's user must not show.
  private static final int NOBODY = 65_534;

  private static final int CAP_SETGID = 6;
  private static final int CAP_SETUID = 7;

  /// Binds `socket` to a hidden place of its own.
  public static HiddenPlace bind(Fd socket) throws ErrnoException {
    var folder = folder();
    try {
      var path = folder.resolve("s");
      Sockets.bind(socket, new UnixPath(path.toString()));
      return hide(path);
    } finally {
      Files.unlink(folder.toString(), true);
    }
  }

  private static HiddenPlace hide(Path path) throws ErrnoException {
    try {
      // Only the shield's descriptor leads here.
      java.nio.file.Files.setPosixFilePermissions(path, PosixFilePermissions.fromString(FOR_ALL));
      return new HiddenPlace(path.toString(), Files.open(path.toString(), Files.O_PATH));
    } catch (ErrnoException e) {
      throw e;
    } catch (IOException e) {
      throw new ErrnoException("chmod " + path, Errno.EIO);
    } finally {
      Files.unlink(path.toString(), false);
    }
  }

  private static Path folder() throws ErrnoException {
    for (var parent : FOLDERS) {
      try {
        var owner = PosixFilePermissions.fromString("rwx------");
        return java.nio.file.Files.createTempDirectory(
            parent, "shield", PosixFilePermissions.asFileAttribute(owner));
      } catch (IOException e) {
        // Read-only or missing: try the next one.
      }
    }
    throw new ErrnoException("a folder for hidden sockets in one of " + FOLDERS, Errno.EROFS);
  }

  /// Connects `socket` to this place. Returns 0 or the error number.
  public int connect(Fd socket) {
    return Sockets.connect(socket, new UnixPath(UnixPaths.through(file)));
  }

  /// Runs `action` with the ids of nobody, if this process may take them. Use it for calls that
  /// store the caller's credentials for `SO_PEERCRED`.
  public static <R> R asNobody(Credentials.Action<R> action) throws ErrnoException {
    var own = Credentials.own();
    long needed = 1L << CAP_SETGID | 1L << CAP_SETUID;
    boolean may = (own.capabilities() & needed) == needed;
    return may
        ? new Credentials(NOBODY, NOBODY, List.of(), 0, own.umask()).performWithIds(action)
        : action.run();
  }

  /// Returns whether this process connected the other end of `socket`.
  public static boolean isOurs(Fd socket) throws ErrnoException {
    return Sockets.peer(socket).process() == ProcessHandle.current().pid();
  }

  @Override
  public void close() {
    file.close();
  }
}
