package dev.testudo.shield.supervisor;

import dev.testudo.linux.sys.Credentials;
import dev.testudo.linux.sys.ErrnoException;
import dev.testudo.linux.sys.Fd;
import dev.testudo.linux.sys.Files;
import dev.testudo.linux.sys.SocketAddress.UnixPath;
import dev.testudo.linux.sys.Sockets;

/// The file of a bound Unix socket, with the owner and the mode that the program would have given
/// it.
///
/// The umask belongs to the whole process here, and containers forbid a thread to have its own. But
/// the kernel gives the file the mode of the socket's own inode less the umask; so the socket gets
/// that mode first. What our umask takes away too much is given back afterwards: at no moment may
/// anybody use the file who might not with the program's own bind(2).
final class UnixFile {
  private static final int PERMISSIONS = 0777;

  private UnixFile() {}

  /// Binds `socket` to `path`, a path of ours, as `program` would.
  static void bind(Fd socket, String path, Credentials program) throws ErrnoException {
    int before = Files.mode(socket) & PERMISSIONS;
    int wanted = before & ~program.umask();
    Files.setMode(socket, wanted);
    try {
      program.performWithIds(
          () -> {
            Sockets.bind(socket, new UnixPath(path));
            return path;
          });
    } finally {
      Files.setMode(socket, before);
    }
    if ((wanted & Credentials.own().umask()) != 0) {
      widen(path, wanted, program);
    }
  }

  /// With the rights of the program, which can do no more to a file than the program itself; and
  /// only to a socket.
  private static void widen(String path, int mode, Credentials program) throws ErrnoException {
    program.performWithIds(
        () -> {
          try (var file = Files.open(path, Files.O_PATH | Files.O_NOFOLLOW)) {
            if ((Files.mode(file) & Files.S_IFMT) == Files.S_IFSOCK) {
              Files.setMode(UnixPaths.through(file), mode);
            }
          }
          return path;
        });
  }
}
