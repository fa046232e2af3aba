package dev.testudo.linux.seccomp;

import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static java.lang.foreign.ValueLayout.JAVA_SHORT;

import dev.testudo.linux.sys.ErrnoException;
import dev.testudo.linux.sys.Fd;
import dev.testudo.linux.sys.Native;
import dev.testudo.linux.sys.SystemCall;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/// Installs seccomp filters on the calling thread and everything that it starts from then on.
public final class Seccomp {
  private static final int PR_SET_NO_NEW_PRIVS = 38;
  private static final int SECCOMP_SET_MODE_FILTER = 1;
  private static final int SECCOMP_FILTER_FLAG_NEW_LISTENER = 8;

  private Seccomp() {}

  /// Gives up new privileges, installs `program` and returns the listener. This is irrevocable for
  /// the calling thread, which must be a platform thread created for it.
  ///
  /// @throws ErrnoException `EBUSY` if the thread is already under another listener, as in
  ///     some containers
  public static Fd install(FilterProgram program) throws ErrnoException {
    Native.checked(
        "prctl(PR_SET_NO_NEW_PRIVS)",
        Native.call(SystemCall.PRCTL, PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0));
    try (var arena = Arena.ofConfined()) {
      var code = arena.allocate(program.encode().length, 8);
      code.copyFrom(MemorySegment.ofArray(program.encode()));
      var header = arena.allocate(16, 8);
      header.set(JAVA_SHORT, 0, (short) program.size());
      header.set(JAVA_LONG, 8, code.address());
      long result =
          Native.call(
              SystemCall.SECCOMP,
              SECCOMP_SET_MODE_FILTER,
              SECCOMP_FILTER_FLAG_NEW_LISTENER,
              header.address());
      return new Fd((int) Native.checked("seccomp(NEW_LISTENER)", result));
    }
  }
}
