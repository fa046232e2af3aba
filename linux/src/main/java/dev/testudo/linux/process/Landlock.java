package dev.testudo.linux.process;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import dev.testudo.linux.sys.ErrnoException;
import dev.testudo.linux.sys.Fd;
import dev.testudo.linux.sys.Native;
import dev.testudo.linux.sys.SystemCall;
import java.lang.foreign.Arena;

/// Landlock (landlock(7)): irrevocable restrictions on the calling thread and everything that
/// it starts.
public final class Landlock {
  private static final int VERSION = 1;
  private static final int TCP_VERSION = 4;
  private static final int SIGNAL_VERSION = 6;

  private static final long BIND_TCP = 1;
  private static final long CONNECT_TCP = 2;
  private static final long SIGNAL = 2;
  private static final long MAKE_SOCKET_FILE = 1 << 9;
  private static final int PATH_BENEATH = 1;

  /// How far the kernel can confine a thread. Each level includes the one before it.
  public enum Confinement {
    /// Not at all: the kernel is older than 6.7 or lacks Landlock, or a container forbids it.
    NONE,
    /// The thread can trace no other process, and cannot open another's memory and descriptors
    /// through `/proc`. Neither bind(2) nor connect(2) works on a TCP socket (Linux 6.7).
    MEMORY_AND_TCP,
    /// In addition it cannot signal any other process (Linux 6.12).
    SIGNALS
  }

  private Landlock() {}

  /// Confines the calling thread as far as this kernel can, and returns how far. The restrictions
  /// do not apply among the processes that the thread starts. The thread must have given up new
  /// privileges before ([Prctl#gainNoPrivileges]).
  ///
  /// TCP sockets must then be bound and connected by a supervisor outside; see seccomp_unotify(2).
  public static Confinement confine() throws ErrnoException {
    long version = Native.call(SystemCall.LANDLOCK_CREATE_RULESET, 0, 0, VERSION);
    // Before version 4, a ruleset would have to restrict file access, which hinders renaming
    // and mounting.
    if (version < TCP_VERSION) {
      return Confinement.NONE;
    }
    var signals = version >= SIGNAL_VERSION;
    try (var arena = Arena.ofConfined()) {
      var rules = arena.allocateFrom(JAVA_LONG, 0L, BIND_TCP | CONNECT_TCP, signals ? SIGNAL : 0L);
      long size = signals ? rules.byteSize() : 2 * Long.BYTES;
      long created = Native.call(SystemCall.LANDLOCK_CREATE_RULESET, rules.address(), size, 0);
      try (var ruleset = new Fd((int) Native.checked("landlock_create_ruleset", created))) {
        restrict(ruleset);
      }
    }
    return signals ? Confinement.SIGNALS : Confinement.MEMORY_AND_TCP;
  }

  /// Returns a ruleset for [#restrict] under which bind(2) creates Unix socket files only in or
  /// below `folder`, wherever the given name leads.
  ///
  /// @throws ErrnoException ENOSYS, EOPNOTSUPP or EPERM if the kernel or the container has
  ///     no Landlock
  static Fd socketFilesIn(Fd folder) throws ErrnoException {
    try (var arena = Arena.ofConfined()) {
      var handled = arena.allocateFrom(JAVA_LONG, MAKE_SOCKET_FILE);
      long created =
          Native.call(SystemCall.LANDLOCK_CREATE_RULESET, handled.address(), handled.byteSize(), 0);
      var ruleset = new Fd((int) Native.checked("landlock_create_ruleset", created));
      // struct landlock_path_beneath_attr is packed: the rights, then the descriptor.
      var rule = arena.allocateFrom(JAVA_LONG, MAKE_SOCKET_FILE, 0);
      rule.set(JAVA_INT, Long.BYTES, folder.value());
      long added =
          Native.call(
              SystemCall.LANDLOCK_ADD_RULE, ruleset.value(), PATH_BENEATH, rule.address(), 0);
      if (added < 0) {
        ruleset.close();
      }
      Native.checked("landlock_add_rule", added);
      return ruleset;
    }
  }

  /// Restricts the calling thread by `ruleset`, irrevocably.
  static void restrict(Fd ruleset) throws ErrnoException {
    Native.checked(
        "landlock_restrict_self",
        Native.call(SystemCall.LANDLOCK_RESTRICT_SELF, ruleset.value(), 0));
  }
}
