package dev.testudo.shield.filter;

import dev.testudo.linux.sys.SystemCall;
import java.util.List;

/// The system calls that name files, for programs with injected files.
final class FileCallList {
  /// Calls that the supervisor answers or passes on, most frequent first. [SystemCall#STATX] and
  /// [SystemCall#NEWFSTATAT] depend on their flags. inotify_add_watch(2) is missing: only the
  /// kernel can add a watch, and injected files do not change in a way that a watch would report.
  static final List<SystemCall> ASKED =
      List.of(
          SystemCall.OPENAT,
          SystemCall.OPEN,
          SystemCall.STAT,
          SystemCall.LSTAT,
          SystemCall.ACCESS,
          SystemCall.FACCESSAT,
          SystemCall.FACCESSAT2,
          SystemCall.READLINK,
          SystemCall.READLINKAT,
          SystemCall.GETDENTS64,
          SystemCall.GETDENTS,
          SystemCall.EXECVE,
          SystemCall.EXECVEAT,
          SystemCall.OPENAT2,
          SystemCall.CREAT,
          SystemCall.CHDIR,
          SystemCall.GETCWD,
          SystemCall.STATFS,
          SystemCall.UNLINK,
          SystemCall.UNLINKAT,
          SystemCall.RMDIR,
          SystemCall.RENAME,
          SystemCall.RENAMEAT,
          SystemCall.RENAMEAT2,
          SystemCall.MKDIR,
          SystemCall.MKDIRAT,
          SystemCall.MKNOD,
          SystemCall.MKNODAT,
          SystemCall.LINK,
          SystemCall.LINKAT,
          SystemCall.SYMLINK,
          SystemCall.SYMLINKAT,
          SystemCall.TRUNCATE,
          SystemCall.CHMOD,
          SystemCall.FCHMODAT,
          SystemCall.FCHMODAT2,
          SystemCall.CHOWN,
          SystemCall.LCHOWN,
          SystemCall.FCHOWNAT,
          SystemCall.UTIME,
          SystemCall.UTIMES,
          SystemCall.FUTIMESAT,
          SystemCall.UTIMENSAT,
          SystemCall.SETXATTR,
          SystemCall.LSETXATTR,
          SystemCall.GETXATTR,
          SystemCall.LGETXATTR,
          SystemCall.LISTXATTR,
          SystemCall.LLISTXATTR,
          SystemCall.REMOVEXATTR,
          SystemCall.LREMOVEXATTR,
          SystemCall.NAME_TO_HANDLE_AT);

  /// Calls too young for any library to depend on (Linux 6.13 and 6.17).
  static final List<SystemCall> ABSENT =
      List.of(
          SystemCall.SETXATTRAT,
          SystemCall.GETXATTRAT,
          SystemCall.LISTXATTRAT,
          SystemCall.REMOVEXATTRAT,
          SystemCall.FILE_GETATTR,
          SystemCall.FILE_SETATTR);

  private FileCallList() {}
}
