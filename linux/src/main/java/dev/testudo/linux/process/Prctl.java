package dev.testudo.linux.process;

import dev.testudo.linux.sys.ErrnoException;
import dev.testudo.linux.sys.Native;
import dev.testudo.linux.sys.SystemCall;

/// Attributes of the calling process or thread (prctl(2)).
public final class Prctl {
  private static final int SET_DUMPABLE = 4;
  private static final int SET_CHILD_SUBREAPER = 36;
  private static final int SET_NO_NEW_PRIVS = 38;
  private static final int GET_NO_NEW_PRIVS = 39;

  private Prctl() {}

  /// Prevents core dumps of this process, and that other processes of the same user read or trace
  /// it. Files below `/proc/<pid>` then belong to root. Lasts until execve(2).
  public static void denyInspection() throws ErrnoException {
    call("prctl(PR_SET_DUMPABLE)", SET_DUMPABLE, 0);
  }

  /// Prevents the calling thread, and what it starts, from gaining privileges by executing a file.
  public static void gainNoPrivileges() throws ErrnoException {
    call("prctl(PR_SET_NO_NEW_PRIVS)", SET_NO_NEW_PRIVS, 1);
  }

  /// Returns whether [#gainNoPrivileges] applies to the calling thread.
  static boolean gainsNoPrivileges() {
    return Native.call(SystemCall.PRCTL, GET_NO_NEW_PRIVS, 0, 0, 0, 0) == 1;
  }

  /// Makes descendants whose parent ends become children of this process instead of process 1.
  public static void becomeSubreaper() throws ErrnoException {
    call("prctl(PR_SET_CHILD_SUBREAPER)", SET_CHILD_SUBREAPER, 1);
  }

  private static void call(String name, int option, int value) throws ErrnoException {
    Native.checked(name, Native.call(SystemCall.PRCTL, option, value, 0, 0, 0));
  }
}
