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

/// Binds Unix sockets, with the owner and mode that the program's own bind(2) would give the file,
/// and with the name that peers see.
///
/// The umask belongs to the whole process, and containers forbid a thread to have its own. But
/// the kernel derives the mode of the file from the mode of the socket's inode, less the umask.
/// So the socket's inode gets the right mode first. Bits that this process's umask removes are
/// restored afterwards. At no time can anybody use the file who could not use it after the
/// program's own bind(2).
public final class UnixFile {
  private static final int PERMISSIONS = 0777;

  private UnixFile() {}

  /// Binds `socket` as the thread that made `call` would.
  ///
  /// @param raw the address as the program gave it
  /// @param path the same path for the rules; see [UnixPaths#absolute]
  /// @return the path that the kernel reports, if it is not the program's own
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

  /// Returns how to resolve the program's own path, or empty if it contains `..`. Because of
  /// symbolic links, such a path may lead elsewhere than its spelling, which the rules decided on.
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

  /// Restores mode bits of the socket file, with the rights of the program, which could do the same
  /// itself. Changes only sockets.
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
