package dev.testudo.linux.fuse;

import dev.testudo.linux.sys.ErrnoException;
import dev.testudo.linux.sys.Native;
import dev.testudo.linux.sys.SystemCall;
import java.lang.foreign.Arena;
import java.nio.file.Path;

/// mount(2) and umount2(2) of FUSE. They act on the mount namespace of the *calling thread*, which
/// must be a platform thread.
public final class FuseMount {
  private static final int MS_NOSUID = 0x2;
  private static final int MS_NODEV = 0x4;

  private static final int MNT_FORCE = 1;
  private static final int MNT_DETACH = 2;
  private static final int UMOUNT_NOFOLLOW = 8;

  private FuseMount() {}

  /// Mounts the file system of `device` on the directory `target`. The kernel sends the first
  /// request at once, but does not wait for the answer.
  ///
  /// @throws ErrnoException EPERM without CAP_SYS_ADMIN in the user namespace of the thread; EINVAL
  ///     if the device was opened in another user namespace or is mounted already
  public static void mount(FuseDevice device, Path target, FuseMountOptions options)
      throws ErrnoException {
    try (var arena = Arena.ofConfined()) {
      long result =
          Native.call(
              SystemCall.MOUNT,
              arena.allocateFrom(options.source()).address(),
              arena.allocateFrom(target.toString()).address(),
              arena.allocateFrom("fuse." + options.subtype()).address(),
              MS_NOSUID | MS_NODEV,
              arena.allocateFrom(options.text(device.fd().value())).address());
      Native.checked("mount fuse at " + target, result);
    }
  }

  /// Unmounts. Before it returns, the kernel writes back its cache, so the server must still serve.
  ///
  /// @throws ErrnoException EBUSY if a process uses the mount
  public static void unmount(Path target) throws ErrnoException {
    unmount(target, UMOUNT_NOFOLLOW);
  }

  /// Removes the mount from the tree of files. Processes that use it still can; when the last one
  /// ends, the kernel writes back its cache, and the server ends.
  public static void detach(Path target) throws ErrnoException {
    unmount(target, UMOUNT_NOFOLLOW | MNT_DETACH);
  }

  /// Ends the connection at once: programs get errors, and what is only in the kernel's cache is
  /// lost. Then removes the mount.
  public static void abort(Path target) throws ErrnoException {
    unmount(target, UMOUNT_NOFOLLOW | MNT_FORCE | MNT_DETACH);
  }

  private static void unmount(Path target, int flags) throws ErrnoException {
    try (var arena = Arena.ofConfined()) {
      var path = arena.allocateFrom(target.toString());
      Native.checked("umount2 " + target, Native.call(SystemCall.UMOUNT2, path.address(), flags));
    }
  }
}
