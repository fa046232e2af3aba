package dev.testudo.linux.process;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import dev.testudo.linux.sys.ErrnoException;
import dev.testudo.linux.sys.Fd;
import dev.testudo.linux.sys.Native;
import dev.testudo.linux.sys.SystemCall;
import java.lang.foreign.Arena;

/// Landlock (landlock(7)): the kernel itself keeps the calling thread, and everything it starts,
/// from doing certain things, with no way back.
public final class Landlock {
  private static final int VERSION = 1;
  private static final int TCP_VERSION = 4;
  private static final int SIGNAL_VERSION = 6;

  private static final long BIND_TCP = 1;
  private static final long CONNECT_TCP = 2;
  private static final long SIGNAL = 2;
  private static final long MAKE_SOCKET_FILE = 1 << 9;
  private static final int PATH_BENEATH = 1;

  /// How far the kernel can confine, each including what comes before it.
  public enum Confinement {
    /// Not at all: a kernel before 6.7, one without Landlock, or a container that forbids it.
    NONE,
    /// No other process than its own can be traced, nor can its memory and descriptors be opened
    /// through `/proc`; and neither bind(2) nor connect(2) works on a TCP socket (Linux 6.7).
    MEMORY_AND_TCP,
    /// Nor can any other process be signalled (Linux 6.12).
    SIGNALS
  }

  private Landlock() {}

  /// Confines the calling thread as far as this kernel can and says how far that is. Whatever the
  /// thread starts can still do all this among its own. The thread must not be able to gain
  /// privileges any more ([Prctl#gainNoPrivileges]).
  ///
  /// Binding and connecting TCP sockets is left to somebody outside, who is asked to; see
  /// seccomp_unotify(2).
  public static Confinement confine() throws ErrnoException {
    long version = Native.call(SystemCall.LANDLOCK_CREATE_RULESET, 0, 0, VERSION);
    // Without TCP, a domain would have to restrict files to exist at all, which would hinder
    // renaming and mounting.
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

  /// Rules for [#restrict] by which bind(2) makes the file of a Unix socket in `folder`, or below,
  /// and nowhere else, whatever the name that it is given leads to.
  ///
  /// @throws ErrnoException ENOSYS, EOPNOTSUPP or EPERM where the kernel or a container does
  /// without Landlock
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

  /// Puts the calling thread under `ruleset`, for good.
  static void restrict(Fd ruleset) throws ErrnoException {
    Native.checked(
        "landlock_restrict_self",
        Native.call(SystemCall.LANDLOCK_RESTRICT_SELF, ruleset.value(), 0));
  }
}
