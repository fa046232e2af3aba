package dev.testudo.linux.mount;

import static java.lang.foreign.ValueLayout.JAVA_LONG;

import dev.testudo.linux.sys.ErrnoException;
import dev.testudo.linux.sys.Fd;
import dev.testudo.linux.sys.Files;
import dev.testudo.linux.sys.Native;
import dev.testudo.linux.sys.SystemCall;
import dev.testudo.linux.sys.UserIds;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;

/// mount(2) and related calls. All of them act on the mount namespace, root and working directory
/// of the *calling thread*, which must be a platform thread.
public final class Mounts {
  private static final int CLONE_FS = 0x0000_0200;
  private static final int CLONE_NEWNS = 0x0002_0000;

  private static final int MS_RDONLY = 0x1;
  private static final int MS_NOSUID = 0x2;
  private static final int MS_NODEV = 0x4;
  private static final int MS_NOEXEC = 0x8;
  private static final int MS_REMOUNT = 0x20;
  private static final int MS_BIND = 0x1000;
  private static final int MS_REC = 0x4000;
  private static final int MS_PRIVATE = 0x4_0000;
  private static final int MS_SLAVE = 0x8_0000;

  private static final int MNT_DETACH = 2;

  private static final int AT_RECURSIVE = 0x8000;
  private static final int OPEN_TREE_CLONE = 1;
  private static final int OPEN_TREE_CLOEXEC = Files.O_CLOEXEC;
  private static final int MOVE_MOUNT_F_EMPTY_PATH = 4;
  private static final int MOVE_MOUNT_T_SYMLINKS = 0x10;
  private static final int MOVE_MOUNT_BENEATH = 0x200;
  private static final long MOUNT_ATTR_RDONLY = 1;
  private static final long MOUNT_ATTR_NOSUID = 2;
  private static final long MOUNT_ATTR_NODEV = 4;
  private static final long MOUNT_ATTR_NOEXEC = 8;

  private Mounts() {}

  /// Gives the calling thread a mount namespace of its own, a private copy of the present one. Root
  /// and working directory of all other threads stay as they are.
  ///
  /// @throws ErrnoException EPERM without CAP_SYS_ADMIN in the thread's user namespace
  public static void unshare() throws ErrnoException {
    Native.checked("unshare(CLONE_NEWNS)", Native.call(SystemCall.UNSHARE, CLONE_NEWNS));
    mount("none", "/", "", MS_REC | MS_PRIVATE, "");
  }

  /// As [#unshare], but the new namespace receives later mounts from the present one.
  static void unshareFollowing() throws ErrnoException {
    Native.checked("unshare(CLONE_NEWNS)", Native.call(SystemCall.UNSHARE, CLONE_NEWNS));
    mount("none", "/", "", MS_REC | MS_SLAVE, "");
  }

  /// Returns the mount namespace of the calling thread.
  public static Fd namespace() throws ErrnoException {
    return Files.open("/proc/thread-self/ns/mnt", Files.O_CLOEXEC);
  }

  /// Makes the calling thread a member of a mount namespace. Root and working directory become that
  /// namespace's root.
  ///
  /// @throws ErrnoException EPERM without CAP_SYS_ADMIN in the user namespace of both
  public static void enter(Fd namespace) throws ErrnoException {
    // A thread that shares its root with others cannot change its mount namespace.
    Native.checked("unshare(CLONE_FS)", Native.call(SystemCall.UNSHARE, CLONE_FS));
    Native.checked("setns", Native.call(SystemCall.SETNS, namespace.value(), CLONE_NEWNS));
  }

  /// Mounts an empty ramfs: in memory, never swapped, without a size limit.
  public static void ramfs(Path target) throws ErrnoException {
    mount("ramfs", target.toString(), "ramfs", MS_NOSUID | MS_NODEV, "mode=755");
  }

  /// Mounts an empty tmpfs: in memory, may be swapped.
  ///
  /// @param bytes the maximum total size of its files
  /// @param inodes the maximum number of files and directories
  public static void tmpfs(Path target, long bytes, long inodes) throws ErrnoException {
    var options = "mode=755,size=" + bytes + ",nr_inodes=" + inodes;
    mount("tmpfs", target.toString(), "tmpfs", MS_NOSUID | MS_NODEV, options);
  }

  /// Mounts an empty tmpfs whose top directory belongs to `owner`.
  ///
  /// @param mode permission bits of the top directory
  /// @param bytes the maximum total size of its files
  /// @param inodes the maximum number of files and directories
  public static void tmpfs(Path target, UserIds owner, int mode, long bytes, long inodes)
      throws ErrnoException {
    var options =
        "uid=%d,gid=%d,mode=%o,size=%d,nr_inodes=%d"
            .formatted(owner.uid(), owner.gid(), mode, bytes, inodes);
    mount("tmpfs", target.toString(), "tmpfs", MS_NOSUID | MS_NODEV, options);
  }

  /// Mounts a procfs of the calling thread's PID namespace, in which a user sees only the processes
  /// that the user may trace (`hidepid=2`, proc(5)).
  ///
  /// @throws ErrnoException EPERM in a container that hides parts of its own `/proc`
  public static void proc(Path target) throws ErrnoException {
    mount("proc", target.toString(), "proc", MS_NOSUID | MS_NODEV | MS_NOEXEC, "hidepid=2");
  }

  /// Mounts a file system of the kernel: `sysfs`, `configfs`, `securityfs`.
  public static void ofKernel(String type, Path target) throws ErrnoException {
    mount(type, target.toString(), type, MS_NOSUID | MS_NODEV | MS_NOEXEC, "");
  }

  /// Mounts the devices that the kernel knows (devtmpfs).
  public static void devices(Path target) throws ErrnoException {
    mount("devtmpfs", target.toString(), "devtmpfs", MS_NOSUID | MS_NOEXEC, "mode=0755");
  }

  /// Mounts a new instance of devpts.
  public static void devpts(Path target) throws ErrnoException {
    mount(
        "devpts",
        target.toString(),
        "devpts",
        MS_NOSUID | MS_NOEXEC,
        "newinstance,ptmxmode=0666,mode=0620");
  }

  /// Bind-mounts `source`, with everything mounted below it, at `target`. Both must exist, and both
  /// must be directories or both files.
  public static void bind(Path source, Path target) throws ErrnoException {
    mount(source.toString(), target.toString(), "", MS_BIND | MS_REC, "");
  }

  /// Returns a detached copy of the mounts at and below `source` (open_tree(2)).
  /// Closing the descriptor before [#attach] dissolves the copy.
  public static Fd copy(Path source) throws ErrnoException {
    try (var arena = Arena.ofConfined()) {
      var path = arena.allocateFrom(source.toString());
      var flags = OPEN_TREE_CLONE | OPEN_TREE_CLOEXEC | AT_RECURSIVE;
      var result = Native.call(SystemCall.OPEN_TREE, Files.AT_FDCWD, path.address(), flags);
      return new Fd((int) Native.checked("open_tree " + source, result));
    }
  }

  /// Attaches `tree`, a detached copy, at the directory `target` (move_mount(2)). It does not
  /// receive later mounts from the original.
  public static void attach(Fd tree, Path target) throws ErrnoException {
    Native.checked("move_mount to " + target, move(tree, target, 0));
    mount("none", target.toString(), "", MS_REC | MS_PRIVATE, "");
  }

  /// Lets the file `tree`, a detached copy, take the place of the file at `target`. Whoever opens
  /// the path gets one or the other; whoever has opened it keeps what it has. A mount that shows
  /// the old file is removed if the kernel can put another one beneath it (Linux 6.5); otherwise it
  /// stays below the new one.
  public static void replaceFile(Fd tree, Path target) throws ErrnoException {
    if (move(tree, target, MOVE_MOUNT_T_SYMLINKS | MOVE_MOUNT_BENEATH) >= 0) {
      detach(target);
    } else {
      // The old file is not a mount, or the kernel is older.
      Native.checked("move_mount to " + target, move(tree, target, MOVE_MOUNT_T_SYMLINKS));
    }
  }

  private static long move(Fd tree, Path target, int flags) {
    try (var arena = Arena.ofConfined()) {
      return Native.call(
          SystemCall.MOVE_MOUNT,
          tree.value(),
          arena.allocateFrom("").address(),
          Files.AT_FDCWD,
          arena.allocateFrom(target.toString()).address(),
          MOVE_MOUNT_F_EMPTY_PATH | flags);
    }
  }

  /// Makes the file system mounted at `target` read-only at all its mount points, without
  /// set-user-id programs and devices.
  public static void makeReadOnly(Path target) throws ErrnoException {
    mount("none", target.toString(), "", MS_REMOUNT | MS_RDONLY | MS_NOSUID | MS_NODEV, "");
  }

  /// Makes the mount at `target`, and all mounts below it, read-only in this namespace.
  static void makeTreeReadOnly(Path target) throws ErrnoException {
    change(target, MOUNT_ATTR_RDONLY);
  }

  /// Makes the mount at `target`, and all mounts below it, read-only in this namespace, and
  /// disables set-user-id programs and devices there.
  public static void makeHarmless(Path target) throws ErrnoException {
    change(target, MOUNT_ATTR_RDONLY | MOUNT_ATTR_NOSUID | MOUNT_ATTR_NODEV);
  }

  /// Disables set-user-id programs and devices on the mount at `target`, and all mounts below it,
  /// in this namespace. Writable mounts stay writable.
  public static void makeData(Path target) throws ErrnoException {
    change(target, MOUNT_ATTR_NOSUID | MOUNT_ATTR_NODEV);
  }

  /// Makes the mount of a device file at `target` read-only in this namespace. The device works,
  /// but its file cannot be changed.
  public static void makeDevice(Path target) throws ErrnoException {
    change(target, MOUNT_ATTR_RDONLY | MOUNT_ATTR_NOSUID | MOUNT_ATTR_NOEXEC);
  }

  private static void change(Path target, long attributes) throws ErrnoException {
    try (var arena = Arena.ofConfined()) {
      var path = arena.allocateFrom(target.toString());
      // struct mount_attr: attr_set, attr_clr, propagation, userns_fd.
      var change = arena.allocateFrom(JAVA_LONG, attributes, 0, 0, 0);
      long result =
          Native.call(
              SystemCall.MOUNT_SETATTR,
              Files.AT_FDCWD,
              path.address(),
              AT_RECURSIVE,
              change.address(),
              change.byteSize());
      Native.checked("mount_setattr " + target, result);
    }
  }

  /// Unmounts the topmost mount at `target`, with all mounts below it.
  public static void detach(Path target) throws ErrnoException {
    detach(target.toString());
  }

  /// Makes the mount at `newRoot` the calling thread's root and working directory. The present root
  /// and all mounts below it are removed from the namespace.
  public static void replaceRoot(Path newRoot) throws ErrnoException {
    changeDirectory(newRoot.toString());
    try (var arena = Arena.ofConfined()) {
      var here = arena.allocateFrom(".").address();
      // If both arguments are the same directory, the old root is stacked on the
      // new (pivot_root(2)).
      Native.checked("pivot_root to " + newRoot, Native.call(SystemCall.PIVOT_ROOT, here, here));
    }
    detach(".");
    changeDirectory("/");
  }

  private static void detach(String target) throws ErrnoException {
    try (var arena = Arena.ofConfined()) {
      var path = arena.allocateFrom(target);
      Native.checked(
          "umount2 " + target, Native.call(SystemCall.UMOUNT2, path.address(), MNT_DETACH));
    }
  }

  private static void changeDirectory(String directory) throws ErrnoException {
    try (var arena = Arena.ofConfined()) {
      var path = arena.allocateFrom(directory);
      Native.checked("chdir " + directory, Native.call(SystemCall.CHDIR, path.address()));
    }
  }

  private static void mount(String source, String target, String type, int flags, String options)
      throws ErrnoException {
    try (var arena = Arena.ofConfined()) {
      var from = arena.allocateFrom(source);
      var to = arena.allocateFrom(target);
      var what = orNull(arena, type);
      var data = orNull(arena, options);
      var result =
          Native.call(
              SystemCall.MOUNT,
              from.address(),
              to.address(),
              what.address(),
              flags,
              data.address());
      Native.checked("mount " + (type.isEmpty() ? "" : type + " at ") + target, result);
    }
  }

  private static MemorySegment orNull(Arena arena, String text) {
    return text.isEmpty() ? MemorySegment.NULL : arena.allocateFrom(text);
  }
}
