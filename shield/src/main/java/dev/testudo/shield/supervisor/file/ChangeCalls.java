package dev.testudo.shield.supervisor.file;

import static dev.testudo.linux.sys.Errno.EACCES;
import static dev.testudo.linux.sys.Errno.EBUSY;
import static dev.testudo.linux.sys.Errno.EEXIST;
import static dev.testudo.linux.sys.Errno.ENOENT;
import static dev.testudo.linux.sys.Errno.ENOTDIR;
import static dev.testudo.linux.sys.Errno.EROFS;
import static dev.testudo.linux.sys.Errno.EXDEV;
import static dev.testudo.shield.supervisor.file.PathCall.unlessFlag;

import dev.testudo.linux.sys.SystemCall;
import dev.testudo.shield.supervisor.call.Answer;
import dev.testudo.shield.supervisor.call.CallOutcome;
import dev.testudo.shield.supervisor.call.CallTable;
import dev.testudo.shield.supervisor.call.StoppedCall;

/// Refuses calls that would change injected files or their names, with the errors of a file system
/// that is mounted read-only.
final class ChangeCalls {
  private static final int AT_SYMLINK_FOLLOW = 0x400;

  private final FileCalls files;

  /// What a call does to what its path names.
  private enum Role {
    /// Changes its content or attributes.
    CHANGE(EROFS, ENOENT, 0),
    /// Creates something with this name.
    CREATE(EEXIST, EROFS, 0),
    /// Takes the name away.
    REMOVE(EROFS, ENOENT, EBUSY),
    /// Creates something with this name, or replaces what has it.
    REPLACE(EROFS, EROFS, EBUSY),
    /// Gives the file another name.
    LINK(EXDEV, ENOENT, 0);

    private final int present;
    private final int missing;
    private final int holder;

    /// The errors if the path names an injected file or its folder, nothing in such a folder, or a
    /// folder of the file system that holds one; 0 if the kernel continues.
    Role(int present, int missing, int holder) {
      this.present = present;
      this.missing = missing;
      this.holder = holder;
    }
  }

  ChangeCalls(FileCalls files) {
    this.files = files;
  }

  void register(CallTable calls) {
    change(calls, SystemCall.TRUNCATE, PathCall.following(0));
    change(calls, SystemCall.CHMOD, PathCall.following(0));
    change(calls, SystemCall.FCHMODAT, PathCall.at(0, _ -> true));
    change(calls, SystemCall.FCHMODAT2, PathCall.at(0, unlessFlag(3)));
    change(calls, SystemCall.CHOWN, PathCall.following(0));
    change(calls, SystemCall.LCHOWN, PathCall.itself(0));
    change(calls, SystemCall.FCHOWNAT, PathCall.at(0, unlessFlag(4)));
    change(calls, SystemCall.UTIME, PathCall.following(0));
    change(calls, SystemCall.UTIMES, PathCall.following(0));
    change(calls, SystemCall.FUTIMESAT, PathCall.at(0, _ -> true));
    change(calls, SystemCall.UTIMENSAT, PathCall.at(0, unlessFlag(3)));
    change(calls, SystemCall.SETXATTR, PathCall.following(0));
    change(calls, SystemCall.LSETXATTR, PathCall.itself(0));
    change(calls, SystemCall.REMOVEXATTR, PathCall.following(0));
    change(calls, SystemCall.LREMOVEXATTR, PathCall.itself(0));
    one(calls, SystemCall.UNLINK, PathCall.itself(0), Role.REMOVE);
    one(calls, SystemCall.RMDIR, PathCall.itself(0), Role.REMOVE);
    one(calls, SystemCall.UNLINKAT, PathCall.at(0, _ -> false), Role.REMOVE);
    one(calls, SystemCall.MKDIR, PathCall.itself(0), Role.CREATE);
    one(calls, SystemCall.MKDIRAT, PathCall.at(0, _ -> false), Role.CREATE);
    one(calls, SystemCall.MKNOD, PathCall.itself(0), Role.CREATE);
    one(calls, SystemCall.MKNODAT, PathCall.at(0, _ -> false), Role.CREATE);
    one(calls, SystemCall.SYMLINK, PathCall.itself(1), Role.CREATE);
    one(calls, SystemCall.SYMLINKAT, PathCall.at(1, _ -> false), Role.CREATE);
    registerPairs(calls);
  }

  private void registerPairs(CallTable calls) {
    var oldName = PathCall.at(0, _ -> false);
    var newName = PathCall.at(2, _ -> false);
    rename(calls, SystemCall.RENAME, PathCall.itself(0), PathCall.itself(1));
    rename(calls, SystemCall.RENAMEAT, oldName, newName);
    rename(calls, SystemCall.RENAMEAT2, oldName, newName);
    var source = PathCall.at(0, call -> (call.intArgument(4) & AT_SYMLINK_FOLLOW) != 0);
    link(calls, SystemCall.LINK, PathCall.itself(0), PathCall.itself(1));
    link(calls, SystemCall.LINKAT, source, newName);
  }

  private void change(CallTable calls, SystemCall call, PathCall path) {
    one(calls, call, path, Role.CHANGE);
  }

  private void one(CallTable calls, SystemCall call, PathCall path, Role role) {
    files.handle(calls, call, path, (_, target) -> answer(target, role));
  }

  private void rename(CallTable calls, SystemCall call, PathCall from, PathCall to) {
    calls.handle(call, c -> CallOutcome.of(both(c, from, Role.REMOVE, to, Role.REPLACE)));
  }

  private void link(CallTable calls, SystemCall call, PathCall from, PathCall to) {
    calls.handle(call, c -> CallOutcome.of(both(c, from, Role.LINK, to, Role.CREATE)));
  }

  private Answer both(StoppedCall call, PathCall one, Role first, PathCall other, Role second) {
    var answer = answer(files.find(call, one), first);
    return answer instanceof Answer.Failure ? answer : answer(files.find(call, other), second);
  }

  private static Answer answer(Target target, Role role) {
    int errno =
        switch (target) {
          case Target.Elsewhere _ -> 0;
          case Target.Injected _, Target.Shown _, Target.Link _ -> role.present;
          case Target.Missing _ -> role.missing;
          case Target.BelowFile _ -> ENOTDIR;
          case Target.Holder _ -> role.holder;
          case Target.Outside _ -> EACCES;
        };
    return errno == 0 ? Answer.LET_READ : new Answer.Failure(errno);
  }
}
