package dev.testudo.linux.process;

import static java.lang.foreign.ValueLayout.JAVA_INT;

import dev.testudo.linux.sys.Errno;
import dev.testudo.linux.sys.ErrnoException;
import dev.testudo.linux.sys.Native;
import dev.testudo.linux.sys.SystemCall;
import java.lang.foreign.Arena;
import java.util.Set;

/// Capabilities (capabilities(7)) of the calling thread.
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

  /// The default capabilities of a Docker container, without those for making devices and writing
  /// to the audit log. They do not allow a process to inspect processes outside, to mount, or to
  /// leave its namespaces.
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
  private static final int PR_CAP_AMBIENT_RAISE = 2;
  private static final int PR_CAP_AMBIENT_LOWER = 3;

  /// `_LINUX_CAPABILITY_VERSION_3`: two words per set.
  private static final int VERSION_3 = 0x2008_0522;

  private static final int WORDS = 2;

  private Capabilities() {}

  /// Limits the capabilities of programs that the calling thread starts. A program started as root
  /// gets at most `kept`. Any other gets only those of `kept` that the thread has made ambient.
  ///
  /// The thread's own capabilities do not change if it has CAP_SETPCAP. Otherwise it gives up those
  /// not in `kept`, and `no_new_privs` keeps execve(2) from giving them back.
  ///
  /// @throws ErrnoException EPERM if the thread has capabilities, but neither CAP_SETPCAP nor
  ///     `no_new_privs`
  public static void limitForPrograms(Set<Integer> kept) throws ErrnoException {
    for (var capability = 0; isKnown(capability); capability++) {
      if (!kept.contains(capability)) {
        ambient(PR_CAP_AMBIENT_LOWER, capability);
      }
    }
    var own = own();
    if (own.permitted == 0) {
      return; // nothing that a program could inherit, and no right to change the rest
    }
    if ((own.effective & 1L << SETPCAP) == 0 && Prctl.gainsNoPrivileges()) {
      var few = bits(kept);
      set(new Own(own.effective & few, own.permitted & few, own.inheritable & few));
      return;
    }
    for (var capability = 0; isKnown(capability); capability++) {
      if (!kept.contains(capability) && isInBoundingSet(capability)) {
        Native.checked(
            "prctl(PR_CAPBSET_DROP)", Native.call(SystemCall.PRCTL, PR_CAPBSET_DROP, capability));
      }
    }
    set(new Own(own.effective, own.permitted, own.inheritable & bits(kept)));
  }

  /// Drops the calling thread's capabilities except those in `kept`, and passes the remaining ones
  /// on to the programs that it starts, as any user.
  static void keepForPrograms(Set<Integer> kept) throws ErrnoException {
    var all = own().permitted & bits(kept);
    set(new Own(all, all, all));
    for (var capability : kept) {
      if ((all & 1L << capability) != 0) {
        ambient(PR_CAP_AMBIENT_RAISE, capability);
      }
    }
  }

  private static void ambient(int change, int capability) throws ErrnoException {
    Native.checked(
        "prctl(PR_CAP_AMBIENT)",
        Native.call(SystemCall.PRCTL, PR_CAP_AMBIENT, change, capability, 0, 0));
  }

  private static long bits(Set<Integer> capabilities) {
    return capabilities.stream()
        .mapToLong(capability -> 1L << capability)
        .reduce(0, (a, b) -> a | b);
  }

  private static boolean isInBoundingSet(int capability) {
    return Native.call(SystemCall.PRCTL, PR_CAPBSET_READ, capability) == 1;
  }

  private static boolean isKnown(int capability) {
    return Native.call(SystemCall.PRCTL, PR_CAPBSET_READ, capability) != -Errno.EINVAL;
  }

  /// A thread's effective, permitted and inheritable capabilities.
  private record Own(long effective, long permitted, long inheritable) {}

  private static Own own() throws ErrnoException {
    try (var arena = Arena.ofConfined()) {
      var header = arena.allocateFrom(JAVA_INT, VERSION_3, 0);
      var sets = arena.allocate(JAVA_INT, WORDS * 3L);
      Native.checked("capget", Native.call(SystemCall.CAPGET, header.address(), sets.address()));
      return new Own(
          join(sets.getAtIndex(JAVA_INT, 0), sets.getAtIndex(JAVA_INT, 3)),
          join(sets.getAtIndex(JAVA_INT, 1), sets.getAtIndex(JAVA_INT, 4)),
          join(sets.getAtIndex(JAVA_INT, 2), sets.getAtIndex(JAVA_INT, 5)));
    }
  }

  private static void set(Own wanted) throws ErrnoException {
    try (var arena = Arena.ofConfined()) {
      var header = arena.allocateFrom(JAVA_INT, VERSION_3, 0);
      var sets =
          arena.allocateFrom(
              JAVA_INT,
              (int) wanted.effective,
              (int) wanted.permitted,
              (int) wanted.inheritable,
              (int) (wanted.effective >>> 32),
              (int) (wanted.permitted >>> 32),
              (int) (wanted.inheritable >>> 32));
      Native.checked("capset", Native.call(SystemCall.CAPSET, header.address(), sets.address()));
    }
  }

  private static long join(int low, int high) {
    return Integer.toUnsignedLong(low) | ((long) high << 32);
  }
}
