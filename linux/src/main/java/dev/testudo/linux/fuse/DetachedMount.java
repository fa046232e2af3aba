package dev.testudo.linux.fuse;

import dev.testudo.linux.sys.ErrnoException;
import dev.testudo.linux.sys.Fd;
import dev.testudo.linux.sys.Native;
import dev.testudo.linux.sys.SystemCall;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/// A FUSE mount held by a descriptor, whether it is attached to a tree of files or not yet
/// (fsopen(2), fsmount(2); Linux 5.2).
///
/// The kernel tells the server the ids of callers in the PID namespace of the process that calls
/// [#create]. Any process that has the descriptor may [#attach] it.
public final class DetachedMount implements AutoCloseable {
  private static final int FSOPEN_CLOEXEC = 1;
  private static final int FSCONFIG_SET_FLAG = 0;
  private static final int FSCONFIG_SET_STRING = 1;
  private static final int FSCONFIG_CMD_CREATE = 6;
  private static final int FSMOUNT_CLOEXEC = 1;
  private static final int MOUNT_ATTR_NOSUID = 2;
  private static final int MOUNT_ATTR_NODEV = 4;
  private static final int MOVE_MOUNT_F_EMPTY_PATH = 0x04;
  private static final int MOVE_MOUNT_T_EMPTY_PATH = 0x40;
  private static final int MNT_DETACH = 2;

  private final Fd fd;

  /// Takes ownership of a descriptor that another process has created.
  public DetachedMount(Fd fd) {
    this.fd = fd;
  }

  /// Makes a file system of a device, and a mount of it.
  ///
  /// @throws ErrnoException EPERM without CAP_SYS_ADMIN in the user namespace of the thread; EINVAL
  ///     if the device was opened in another user namespace or is mounted already
  public static DetachedMount create(FuseDevice device, FuseMountOptions options)
      throws ErrnoException {
    try (var arena = Arena.ofConfined();
        var context = open(arena)) {
      for (var word : options.text(device.fd().value()).split(",")) {
        configure(arena, context, word);
      }
      configure(arena, context, "source=" + options.source());
      configure(arena, context, "subtype=" + options.subtype());
      config(context, FSCONFIG_CMD_CREATE, MemorySegment.NULL, MemorySegment.NULL, "create");
      long mount =
          Native.call(
              SystemCall.FSMOUNT,
              context.value(),
              FSMOUNT_CLOEXEC,
              MOUNT_ATTR_NOSUID | MOUNT_ATTR_NODEV);
      return new DetachedMount(new Fd((int) Native.checked("fsmount", mount)));
    }
  }

  private static Fd open(Arena arena) throws ErrnoException {
    long result =
        Native.call(SystemCall.FSOPEN, arena.allocateFrom("fuse").address(), FSOPEN_CLOEXEC);
    return new Fd((int) Native.checked("fsopen fuse", result));
  }

  private static void configure(Arena arena, Fd context, String word) throws ErrnoException {
    int end = word.indexOf('=');
    if (end < 0) {
      config(context, FSCONFIG_SET_FLAG, arena.allocateFrom(word), MemorySegment.NULL, word);
    } else {
      var name = arena.allocateFrom(word.substring(0, end));
      var value = arena.allocateFrom(word.substring(end + 1));
      config(context, FSCONFIG_SET_STRING, name, value, word);
    }
  }

  private static void config(
      Fd context, int command, MemorySegment name, MemorySegment value, String what)
      throws ErrnoException {
    long result =
        Native.call(
            SystemCall.FSCONFIG, context.value(), command, name.address(), value.address(), 0);
    Native.checked("fsconfig " + what, result);
  }

  /// Returns the descriptor, which still belongs to this object.
  public Fd fd() {
    return fd;
  }

  /// Attaches the mount at a directory, in the mount namespace of the calling thread.
  ///
  /// @param directory opened with `O_PATH`
  public void attach(Fd directory) throws ErrnoException {
    try (var arena = Arena.ofConfined()) {
      var nothing = arena.allocateFrom("").address();
      long result =
          Native.call(
              SystemCall.MOVE_MOUNT,
              fd.value(),
              nothing,
              directory.value(),
              nothing,
              MOVE_MOUNT_F_EMPTY_PATH | MOVE_MOUNT_T_EMPTY_PATH);
      Native.checked("move_mount", result);
    }
  }

  /// Removes the mount from the tree of files, in the mount namespace of the calling thread. When
  /// this object is closed and no process uses the mount any more, the kernel writes back its
  /// cache, and the server ends. The server is not asked for anything before.
  ///
  /// @param descriptors `/proc/self/fd` of this process. It becomes the working directory of the
  ///     thread, since another mount namespace may show no `/proc` of this process
  /// @throws ErrnoException EINVAL if it is not attached in this namespace
  public void detach(Fd descriptors) throws ErrnoException {
    Native.checked("fchdir", Native.call(SystemCall.FCHDIR, descriptors.value()));
    try (var arena = Arena.ofConfined()) {
      var link = arena.allocateFrom(Integer.toString(fd.value()));
      Native.checked("umount2", Native.call(SystemCall.UMOUNT2, link.address(), MNT_DETACH));
    }
  }

  @Override
  public void close() {
    fd.close();
  }
}
