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

/// Where a Unix socket lies that only we can connect to: a path that was removed again as soon as
/// the socket was bound to it, in a folder that nobody else could look into. The socket's file
/// lives on, without a name, and we hold it.
///
/// @param name the path that it had, which nothing else ever has; the kernel goes on to tell it
/// @param file the socket's file
public record HiddenPlace(String name, Fd file) implements AutoCloseable {
  /// Memory first: nothing is left behind when the machine loses power meanwhile.
  private static final List<Path> FOLDERS =
      List.of(Path.of("/dev/shm"), Path.of("/run"), Path.of("/tmp"), Path.of("/var/tmp"));

  private static final String FOR_ALL = "rw-rw-rw-";

  /// Nobody, to whoever asks for the credentials of a socket's other end (`SO_PEERCRED`): a peer
  /// on the network has no user of this machine, least of all ours.
  private static final int NOBODY = 65_534;

  private static final int CAP_SETGID = 6;
  private static final int CAP_SETUID = 7;

  /// Binds `socket` to a place of its own.
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
      // Nobody gets here but through our descriptor.
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
        // Read-only, or not there: the next one.
      }
    }
    throw new ErrnoException("a folder for hidden sockets in one of " + FOLDERS, Errno.EROFS);
  }

  /// Connects `socket`: 0 or the error number.
  public int connect(Fd socket) {
    return Sockets.connect(socket, new UnixPath(UnixPaths.through(file)));
  }

  /// Does what makes `SO_PEERCRED` of some socket show the credentials of the calling thread,
  /// which are nobody's meanwhile, where we may become nobody.
  public static <R> R asNobody(Credentials.Action<R> action) throws ErrnoException {
    var own = Credentials.own();
    long needed = 1L << CAP_SETGID | 1L << CAP_SETUID;
    boolean may = (own.capabilities() & needed) == needed;
    return may
        ? new Credentials(NOBODY, NOBODY, List.of(), 0, own.umask()).performWithIds(action)
        : action.run();
  }

  /// Whether the other end of `socket` was connected by us.
  public static boolean isOurs(Fd socket) throws ErrnoException {
    return Sockets.peer(socket).process() == ProcessHandle.current().pid();
  }

  @Override
  public void close() {
    file.close();
  }
}
