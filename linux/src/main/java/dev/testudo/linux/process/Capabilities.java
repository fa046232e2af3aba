package dev.testudo.linux.process;

import static java.lang.foreign.ValueLayout.JAVA_INT;

import dev.testudo.linux.sys.Errno;
import dev.testudo.linux.sys.ErrnoException;
import dev.testudo.linux.sys.Native;
import dev.testudo.linux.sys.SystemCall;
import java.lang.foreign.Arena;
import java.util.Set;

/// Root's privileges in parts (capabilities(7)), of the calling thread only.
public final class Capabilities {
  public static final int CHOWN = 0;
  public static final int DAC_OVERRIDE = 1;
  public static final int FOWNER = 3;
  public static final int FSETID = 4;
  public static final int KILL = 5;
  public static final int SETGID = 6;
  public static final int SETUID = 7;
  public static final int SETPCAP = 8;
  public static final int NET_BIND_SERVICE = 10;
  public static final int NET_RAW = 13;
  public static final int SYS_CHROOT = 18;
  public static final int SETFCAP = 31;

  /// What a container of Docker may do, without making devices and writing to the audit log. Above
  /// all it cannot look into processes outside, mount anything or leave its namespaces.
  public static final Set<Integer> OF_CONTAINERS =
      Set.of(
          CHOWN,
          DAC_OVERRIDE,
          FOWNER,
          FSETID,
          KILL,
          SETGID,
          SETUID,
          SETPCAP,
          NET_BIND_SERVICE,
          NET_RAW,
          SYS_CHROOT,
          SETFCAP);

  private static final int PR_CAPBSET_READ = 23;
  private static final int PR_CAPBSET_DROP = 24;
  private static final int PR_CAP_AMBIENT = 47;
  private static final int PR_CAP_AMBIENT_CLEAR_ALL = 4;

  /// `_LINUX_CAPABILITY_VERSION_3`: two words per set.
  private static final int VERSION_3 = 0x2008_0522;

  private static final int WORDS = 2;

  private Capabilities() {}

  /// Limits what programs started by the calling thread can have: a program started as root gets no
  /// more than `kept`, any other none. The thread's own capabilities stay as they are.
  ///
  /// @throws ErrnoException EPERM when the thread has capabilities but not the one to give them up
  public static void limitForPrograms(Set<Integer> kept) throws ErrnoException {
    Native.checked(
        "prctl(PR_CAP_AMBIENT_CLEAR_ALL)",
        Native.call(SystemCall.PRCTL, PR_CAP_AMBIENT, PR_CAP_AMBIENT_CLEAR_ALL, 0, 0, 0));
    var own = own();
    if (own.permitted == 0) {
      return; // nothing a program could inherit, and nothing that could give up the rest
    }
    for (var capability = 0; isKnown(capability); capability++) {
      if (!kept.contains(capability)) {
        Native.checked(
            "prctl(PR_CAPBSET_DROP)", Native.call(SystemCall.PRCTL, PR_CAPBSET_DROP, capability));
      }
    }
    clearInheritable(own);
  }

  private static boolean isKnown(int capability) {
    return Native.call(SystemCall.PRCTL, PR_CAPBSET_READ, capability) != -Errno.EINVAL;
  }

  /// Capabilities the thread holds and may use.
  private record Own(long effective, long permitted) {}

  private static Own own() throws ErrnoException {
    try (var arena = Arena.ofConfined()) {
      var header = arena.allocateFrom(JAVA_INT, VERSION_3, 0);
      var sets = arena.allocate(JAVA_INT, WORDS * 3L);
      Native.checked("capget", Native.call(SystemCall.CAPGET, header.address(), sets.address()));
      return new Own(
          join(sets.getAtIndex(JAVA_INT, 0), sets.getAtIndex(JAVA_INT, 3)),
          join(sets.getAtIndex(JAVA_INT, 1), sets.getAtIndex(JAVA_INT, 4)));
    }
  }

  /// Files may carry inheritable capabilities, which take effect where the thread has them too.
  private static void clearInheritable(Own own) throws ErrnoException {
    try (var arena = Arena.ofConfined()) {
      var header = arena.allocateFrom(JAVA_INT, VERSION_3, 0);
      var sets =
          arena.allocateFrom(
              JAVA_INT,
              (int) own.effective,
              (int) own.permitted,
              0,
              (int) (own.effective >>> 32),
              (int) (own.permitted >>> 32),
              0);
      Native.checked("capset", Native.call(SystemCall.CAPSET, header.address(), sets.address()));
    }
  }

  private static long join(int low, int high) {
    return Integer.toUnsignedLong(low) | ((long) high << 32);
  }
}
