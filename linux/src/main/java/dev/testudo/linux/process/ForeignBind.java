package dev.testudo.linux.process;

import dev.testudo.linux.sys.Credentials;
import dev.testudo.linux.sys.Errno;
import dev.testudo.linux.sys.ErrnoException;
import dev.testudo.linux.sys.Fd;
import dev.testudo.linux.sys.Native;
import dev.testudo.linux.sys.Sockets;
import dev.testudo.linux.sys.SystemCall;
import java.lang.foreign.Arena;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;

/// Binds a Unix socket to a name as another process resolves it. The kernel keeps the bytes of the
/// address and shows them to peers, which reply to it. So the bytes must be those that the other
/// process uses, and cannot be another path to the same place.
///
/// Root, working directory, ids and Landlock rules belong to a thread. So each bind runs on a
/// thread of its own, which then ends.
public final class ForeignBind {
  private static final int CLONE_FS = 0x200;

  private ForeignBind() {}

  /// How to resolve a name.
  ///
  /// @param root where an absolute name starts, if that is not this process's root
  /// @param directory where a relative name starts; empty for an absolute one
  /// @param folder the directory in which the file must be created. The kernel creates it nowhere
  ///     else, even if the name's meaning changes meanwhile. Magic links of `/proc` that mean
  ///     something else for this thread lead nowhere
  /// @param ids the credentials to use
  public record Reading(Optional<Fd> root, Optional<Fd> directory, Fd folder, Credentials ids) {}

  /// Binds `socket` to the address `name`.
  ///
  /// @return 0 or the error number of bind(2); empty if nothing was done because the kernel, a
  ///     container or missing privileges do not allow this
  public static OptionalInt bind(Fd socket, byte[] name, Reading reading) throws ErrnoException {
    var task = new FutureTask<>(() -> bindHere(socket, name, reading));
    Thread.ofPlatform().daemon().name("foreign-bind").start(task);
    try {
      return OptionalInt.of(task.get());
    } catch (ExecutionException e) {
      if (e.getCause() instanceof ErrnoException) {
        return OptionalInt.empty();
      }
      throw new IllegalStateException(e.getCause());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new ErrnoException("bind", Errno.EINTR);
    }
  }

  private static int bindHere(Fd socket, byte[] name, Reading reading) throws ErrnoException {
    Prctl.gainNoPrivileges();
    var own = Credentials.own();
    try (var rules = Landlock.socketFilesIn(reading.folder())) {
      loadWhatFollows(socket, own);
      readFrom(reading);
      Landlock.restrict(rules);
      reading.ids().assume(own);
      return Sockets.bind(socket, name);
    }
  }

  /// Calls everything once without effect, so that the JVM loads the classes now. After the root
  /// directory has changed it would not find their files.
  private static void loadWhatFollows(Fd socket, Credentials own) throws ErrnoException {
    own.assume(own);
    int errno = Sockets.bind(socket, new byte[0]);
    if (errno != Errno.EINVAL) {
      throw new ErrnoException("bind to nothing", errno);
    }
  }

  private static void readFrom(Reading reading) throws ErrnoException {
    if (reading.root().isEmpty() && reading.directory().isEmpty()) {
      return;
    }
    Native.checked("unshare(CLONE_FS)", Native.call(SystemCall.UNSHARE, CLONE_FS));
    if (reading.root().isPresent()) {
      enter(reading.root().get());
      try (var arena = Arena.ofConfined()) {
        var here = arena.allocateFrom(".");
        Native.checked("chroot", Native.call(SystemCall.CHROOT, here.address()));
      }
    }
    if (reading.directory().isPresent()) {
      enter(reading.directory().get());
    }
  }

  private static void enter(Fd directory) throws ErrnoException {
    Native.checked("fchdir", Native.call(SystemCall.FCHDIR, directory.value()));
  }
}
