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

/// bind(2) of a Unix socket by a name as somebody else means it. The kernel keeps the bytes by
/// which a socket was bound and shows them to its peers, who answer there; so they have to be those
/// that the other one uses, not a detour of ours.
///
/// Root, working directory, ids and Landlock's rules belong to a thread, so each bind has a thread
/// of its own, which ends with it.
public final class ForeignBind {
  private static final int CLONE_FS = 0x200;

  private ForeignBind() {}

  /// How a name is read.
  ///
  /// @param root where an absolute one begins, when that is not our own root
  /// @param directory where a relative one begins; empty when it is absolute
  /// @param folder where the file is to lie; the kernel makes it nowhere else, whatever becomes of
  /// the name meanwhile. Links of `/proc` that mean something else here than there lead nowhere
  /// @param ids with whose rights
  public record Reading(Optional<Fd> root, Optional<Fd> directory, Fd folder, Credentials ids) {}

  /// Binds `socket` by the address `name`.
  ///
  /// @return 0, or the error number of bind(2); empty when nothing was done, because the kernel, a
  /// container or missing privileges do not allow to read names so
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

  /// Where names are read differently, the JVM does not find the files of our classes. What is done
  /// there is done once before, to no effect.
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
