package dev.testudo.linux.sys;

import static java.lang.foreign.ValueLayout.JAVA_INT;

import java.lang.foreign.Arena;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/// The credentials with which a thread accesses files and Unix sockets.
///
/// - `uid`, `gid`, `groups`: effective ids and supplementary groups
/// - `capabilities`: effective capabilities, one bit each
/// - `umask`: permission bits that new files do not get
public record Credentials(int uid, int gid, List<Integer> groups, long capabilities, int umask) {
  /// `_LINUX_CAPABILITY_VERSION_3`: two words per set.
  private static final int VERSION_3 = 0x2008_0522;

  /// An action to run with other credentials.
  @FunctionalInterface
  public interface Action<R> {
    R run() throws ErrnoException;
  }

  /// Copies the groups.
  public Credentials {
    groups = List.copyOf(groups);
  }

  /// Returns the current credentials of thread `tid`.
  public static Credentials of(int tid) throws ErrnoException {
    return read("/proc/" + tid + "/status");
  }

  /// Returns the credentials of the calling thread.
  public static Credentials own() throws ErrnoException {
    return read("/proc/thread-self/status");
  }

  /// Runs `action` with these ids as the effective ids of the calling thread, and without
  /// capabilities that are not among these. The calling thread must be a platform thread. The
  /// kernel then makes the same checks as if the other thread had acted itself, except that the
  /// umask is still this process's.
  ///
  /// @throws ErrnoException EPERM if these ids differ from the thread's own and it may not
  ///     take them
  public <R> R performWithIds(Action<R> action) throws ErrnoException {
    var own = own();
    return sameIds(own) ? performWithoutTheRest(own, action) : performAs(own, action);
  }

  /// Takes these credentials for good, on a thread that ends soon. Reads no file in `/proc`.
  ///
  /// @param own the result of [#own] on this thread
  public void assume(Credentials own) throws ErrnoException {
    if (!sameIds(own)) {
      setGroups(groups);
      setIds();
    }
    setCapabilities(own.capabilities & capabilities);
  }

  private boolean sameIds(Credentials other) {
    return uid == other.uid && gid == other.gid && groups.equals(other.groups);
  }

  /// Runs `action` with other ids. A thread that gives up user id 0 loses its effective
  /// capabilities (capabilities(7)), so those that the other thread has are set again.
  private <R> R performAs(Credentials own, Action<R> action) throws ErrnoException {
    setGroups(groups);
    try {
      setIds();
      setCapabilities(own.capabilities & capabilities);
      return action.run();
    } finally {
      // The user first, which restores the right to change the rest.
      setEffective(SystemCall.SETRESUID, own.uid);
      setEffective(SystemCall.SETRESGID, own.gid);
      setCapabilities(own.capabilities);
      setGroups(own.groups);
    }
  }

  private void setIds() throws ErrnoException {
    setEffective(SystemCall.SETRESGID, gid);
    setEffective(SystemCall.SETRESUID, uid);
  }

  /// Drops those of the calling thread's capabilities `now` that these credentials lack.
  private <R> R performWithoutTheRest(Credentials now, Action<R> action) throws ErrnoException {
    long kept = now.capabilities & capabilities;
    if (kept == now.capabilities) {
      return action.run();
    }
    setCapabilities(kept);
    try {
      return action.run();
    } finally {
      setCapabilities(now.capabilities);
    }
  }

  /// Sets the effective capabilities, which must be permitted.
  private static void setCapabilities(long effective) throws ErrnoException {
    try (var arena = Arena.ofConfined()) {
      var header = arena.allocateFrom(JAVA_INT, VERSION_3, 0);
      // Effective, permitted and inheritable: the lower words, then the upper ones.
      var sets = arena.allocate(JAVA_INT, 6);
      Native.checked("capget", Native.call(SystemCall.CAPGET, header.address(), sets.address()));
      sets.setAtIndex(JAVA_INT, 0, (int) effective);
      sets.setAtIndex(JAVA_INT, 3, (int) (effective >>> 32));
      Native.checked("capset", Native.call(SystemCall.CAPSET, header.address(), sets.address()));
    }
  }

  /// Sets one effective id. The system call itself changes only the calling thread. The C library's
  /// function of the same name would change all threads.
  private static void setEffective(SystemCall call, int id) throws ErrnoException {
    Native.checked(call.name(), Native.call(call, -1, id, -1));
  }

  private static void setGroups(List<Integer> groups) throws ErrnoException {
    try (var arena = Arena.ofConfined()) {
      var list = arena.allocate(JAVA_INT, groups.size() + 1);
      for (int i = 0; i < groups.size(); i++) {
        list.setAtIndex(JAVA_INT, i, groups.get(i));
      }
      Native.checked("setgroups", Native.call(SystemCall.SETGROUPS, groups.size(), list.address()));
    }
  }

  private static Credentials read(String path) throws ErrnoException {
    var lines = new HashMap<String, String>();
    try {
      ProcFile.read(path)
          .lines()
          .forEach(line -> lines.put(name(line), line.substring(line.indexOf(':') + 1).trim()));
    } catch (ErrnoException e) {
      throw new ErrnoException("read " + path, Errno.ESRCH);
    }
    if (!lines.containsKey("Umask")) {
      // The thread has ended but is still listed.
      throw new ErrnoException("umask in " + path, Errno.ESRCH);
    }
    return new Credentials(
        effective(lines, "Uid"),
        effective(lines, "Gid"),
        Arrays.stream(field(lines, "Groups").split("\\s+"))
            .filter(text -> !text.isEmpty())
            .map(Integer::parseUnsignedInt)
            .toList(),
        Long.parseUnsignedLong(field(lines, "CapEff"), 16),
        Integer.parseInt(field(lines, "Umask"), 8));
  }

  private static String name(String line) {
    return line.substring(0, Math.max(line.indexOf(':'), 0));
  }

  private static int effective(Map<String, String> lines, String name) {
    return Integer.parseUnsignedInt(field(lines, name).split("\\s+")[1]);
  }

  private static String field(Map<String, String> lines, String name) {
    return lines.getOrDefault(name, "");
  }
}
