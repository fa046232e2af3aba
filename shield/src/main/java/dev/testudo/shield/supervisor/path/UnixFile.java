package dev.testudo.shield.supervisor.path;

import dev.testudo.linux.process.ForeignBind;
import dev.testudo.linux.process.ForeignBind.Reading;
import dev.testudo.linux.sys.Credentials;
import dev.testudo.linux.sys.ErrnoException;
import dev.testudo.linux.sys.Fd;
import dev.testudo.linux.sys.Files;
import dev.testudo.linux.sys.SocketAddress;
import dev.testudo.linux.sys.SocketAddress.UnixPath;
import dev.testudo.linux.sys.Sockets;
import dev.testudo.shield.supervisor.call.StoppedCall;
import java.util.Optional;
import java.util.OptionalInt;

/// The file of a bound Unix socket, with the owner and the mode that the program would have given
/// it, and the socket's name, which its peers see.
///
/// The umask belongs to the whole process here, and containers forbid a thread to have its own. But
/// the kernel gives the file the mode of the socket's own inode less the umask; so the socket gets
/// that mode first. What our umask takes away too much is given back afterwards: at no moment may
/// anybody use the file who might not with the program's own bind(2).
public final class UnixFile {
  private static final int PERMISSIONS = 0777;

  private UnixFile() {}

  /// Binds `socket` as the thread that makes `call` would.
  ///
  /// @param raw the address by which the program names it
  /// @param path what that means to the rules, [UnixPaths#absolute]
  /// @return the path the kernel knows it by, where that is not the program's own
  public static Optional<String> bind(StoppedCall call, Fd socket, byte[] raw, String path)
      throws ErrnoException {
    int slash = path.lastIndexOf('/');
    var folder = slash == 0 ? "/" : path.substring(0, slash);
    var program = Credentials.of(call.tid());
    try (var root = UnixPaths.root(call.tid());
        var directory = UnixPaths.workingDirectory(call.tid())) {
      call.confirm();
      try (var place = program.performWithIds(() -> UnixPaths.resolve(root, folder))) {
        var detour = UnixPaths.through(place) + path.substring(slash);
        var reading = reading(raw, root, directory, place, program);
        return withMode(socket, detour, program, () -> bind(socket, raw, reading, detour, program));
      }
    }
  }

  /// How the program's own name is to be read. A detour by `..` may lead elsewhere by way of links
  /// than by its spelling, which the rules are about.
  private static Optional<Reading> reading(
      byte[] raw, Fd root, Fd directory, Fd folder, Credentials program) throws ErrnoException {
    if (!(SocketAddress.decode(raw) instanceof UnixPath(var name)) || UnixPaths.goesUp(name)) {
      return Optional.empty();
    }
    try (var own = Files.open("/", Files.O_PATH)) {
      var itsRoot = Files.isSamePlace(root, own) ? Optional.<Fd>empty() : Optional.of(root);
      var start = name.startsWith("/") ? Optional.<Fd>empty() : Optional.of(directory);
      return Optional.of(new Reading(itsRoot, start, folder, program));
    }
  }

  private static Optional<String> bind(
      Fd socket, byte[] raw, Optional<Reading> reading, String detour, Credentials program)
      throws ErrnoException {
    var errno =
        reading.isPresent() ? ForeignBind.bind(socket, raw, reading.get()) : OptionalInt.empty();
    if (errno.isEmpty()) {
      program.performWithIds(
          () -> {
            Sockets.bind(socket, new UnixPath(detour));
            return detour;
          });
      return Optional.of(detour);
    }
    if (errno.getAsInt() != 0) {
      throw new ErrnoException("bind as the program", errno.getAsInt());
    }
    return Optional.empty();
  }

  private static Optional<String> withMode(
      Fd socket, String file, Credentials program, Credentials.Action<Optional<String>> bind)
      throws ErrnoException {
    int before = Files.mode(socket) & PERMISSIONS;
    int wanted = before & ~program.umask();
    Files.setMode(socket, wanted);
    Optional<String> name;
    try {
      name = bind.run();
    } finally {
      Files.setMode(socket, before);
    }
    if ((wanted & Credentials.own().umask()) != 0) {
      widen(file, wanted, program);
    }
    return name;
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
