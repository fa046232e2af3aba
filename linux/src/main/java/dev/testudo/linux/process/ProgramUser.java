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

/// As which user programs run that the calling thread starts. The thread must be a platform thread
/// that ends when it has started them: there is no way back.
public final class ProgramUser {
  private static final int PR_SET_KEEPCAPS = 8;

  private ProgramUser() {}

  /// Makes the calling thread `user`, with no other group and with no capability but `kept`, which
  /// programs that it starts have too. Other threads stay who they are.
  ///
  /// A thread that is `user` already keeps its groups where the kernel does not let it give them
  /// up: in a user namespace that an ordinary user has made.
  ///
  /// @throws IOException when this process may not become that user, or the user namespace has no
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
              "we have no right to; run us as root (CAP_SETUID and CAP_SETGID), or leave --user out";
          default -> String.valueOf(new ErrnoException("it", errno).getMessage());
        };
    return new IOException("run the program as %s %d: %s".formatted(what, id, why));
  }
}
