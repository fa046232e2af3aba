package dev.testudo.linux.process;

import dev.testudo.linux.sys.ErrnoException;
import dev.testudo.linux.sys.Native;
import dev.testudo.linux.sys.SystemCall;

/// What a process tells the kernel about itself (prctl(2)).
public final class Prctl {
  private static final int SET_DUMPABLE = 4;
  private static final int SET_CHILD_SUBREAPER = 36;
  private static final int SET_NO_NEW_PRIVS = 38;

  private Prctl() {}

  /// Forbids core dumps of this process, and other processes of the same user to read or trace it.
  /// Files below `/proc/<pid>` become root's. Lasts until execve(2).
  public static void denyInspection() throws ErrnoException {
    call("prctl(PR_SET_DUMPABLE)", SET_DUMPABLE, 0);
  }

  /// From now on neither the calling thread nor what it starts gains privileges by executing a
  /// file.
  public static void gainNoPrivileges() throws ErrnoException {
    call("prctl(PR_SET_NO_NEW_PRIVS)", SET_NO_NEW_PRIVS, 1);
  }

  /// Descendants whose parent ends become children of this process instead of process 1's.
  public static void becomeSubreaper() throws ErrnoException {
    call("prctl(PR_SET_CHILD_SUBREAPER)", SET_CHILD_SUBREAPER, 1);
  }

  private static void call(String name, int option, int value) throws ErrnoException {
    Native.checked(name, Native.call(SystemCall.PRCTL, option, value, 0, 0, 0));
  }
}
