package dev.testudo.linux.process;

import dev.testudo.linux.sys.Errno;
import dev.testudo.linux.sys.ErrnoException;
import dev.testudo.linux.sys.Native;
import dev.testudo.linux.sys.SystemCall;
import dev.testudo.linux.sys.UserIds;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.ValueLayout;
import java.util.Set;

/// The user under which the calling thread starts programs. The thread must be a platform thread
/// that ends once it has started them, because the change is irrevocable.
public final class ProgramUser {
  private static final int PR_SET_KEEPCAPS = 8;

  private ProgramUser() {}

  /// Makes the calling thread run as `user`, with no other group and no capability but `kept`.
  /// Programs that it starts have the same. Other threads do not change.
  ///
  /// If the thread already is `user`, it keeps its groups where the kernel does not allow it to
  /// drop them: in a user namespace that an ordinary user has created.
  ///
  /// @throws IOException if this process may not become that user, or the user namespace has no
  ///     such id
  public static void become(UserIds user, Set<Integer> kept) throws IOException {
    Capabilities.limitForPrograms(kept);
    var same = UserIds.own().equals(user);
    setNoGroups(user, same);
    if (!same) {
      Native.checked(
          "prctl(PR_SET_KEEPCAPS)", Native.call(SystemCall.PRCTL, PR_SET_KEEPCAPS, 1, 0, 0, 0));
      set(SystemCall.SETRESGID, "group", user.gid());
      set(SystemCall.SETRESUID, "user", user.uid());
    }
    Capabilities.keepForPrograms(kept);
  }

  private static void setNoGroups(UserIds user, boolean same) throws IOException {
    try (var arena = Arena.ofConfined()) {
      var none = arena.allocate(ValueLayout.JAVA_INT);
      var result = Native.call(SystemCall.SETGROUPS, 0, none.address());
      if (result == -Errno.EPERM && same) {
        return;
      }
      if (result < 0) {
        throw refused("group", user.gid(), (int) -result);
      }
    }
  }

  private static void set(SystemCall call, String what, int id) throws IOException {
    var result = Native.call(call, id, id, id);
    if (result < 0) {
      throw refused(what, id, (int) -result);
    }
  }

  private static IOException refused(String what, int id, int errno) {
    var why =
        switch (errno) {
          case Errno.EINVAL -> "this user namespace has no such id; choose one with --user UID:GID";
          case Errno.EPERM ->
              "not permitted; run as root (CAP_SETUID and CAP_SETGID), or omit --user";
          default -> String.valueOf(new ErrnoException("it", errno).getMessage());
        };
    return new IOException("run the program as %s %d: %s".formatted(what, id, why));
  }
}
