package dev.testudo.linux.sys;

import static java.lang.foreign.ValueLayout.JAVA_INT;

import java.lang.foreign.Arena;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/// As whom a thread acts on files and Unix sockets.
///
/// - `uid`, `gid`, `groups`: effective ids and supplementary groups
/// - `capabilities`: the effective ones, one bit each
/// - `umask`: permission bits that new files do not get
public record Credentials(int uid, int gid, List<Integer> groups, long capabilities, int umask) {
  /// `_LINUX_CAPABILITY_VERSION_3`: two words per set.
  private static final int VERSION_3 = 0x2008_0522;

  /// Something to do as somebody else.
  @FunctionalInterface
  public interface Action<R> {
    R run() throws ErrnoException;
  }

  /// Copies the groups.
  public Credentials {
    groups = List.copyOf(groups);
  }

  /// Those of thread `tid` at this moment.
  public static Credentials of(int tid) throws ErrnoException {
    return read("/proc/" + tid + "/status");
  }

  /// Those of the calling thread.
  public static Credentials own() throws ErrnoException {
    return read("/proc/thread-self/status");
  }

  /// Runs `action` with these ids as the effective ones of the calling thread, which must be a
  /// platform thread, and with no capability that is not among these. So the kernel asks what it
  /// would have asked had that other thread acted itself; only the umask is still ours.
  ///
  /// @throws ErrnoException EPERM when these are not our own ids and we may not take them
  public <R> R performWithIds(Action<R> action) throws ErrnoException {
    var own = own();
    return sameIds(own) ? performWithoutTheRest(own, action) : performAs(own, action);
  }

  /// Like [#performWithIds], but for good: the calling thread ends soon. Needs no file of `/proc`.
  ///
  /// @param own what [#own] says of the thread now
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

  /// A thread that stops being root loses its effective capabilities (capabilities(7)); those that
  /// the other one has are taken up again.
  private <R> R performAs(Credentials own, Action<R> action) throws ErrnoException {
    setGroups(groups);
    try {
      setIds();
      setCapabilities(own.capabilities & capabilities);
      return action.run();
    } finally {
      // First the user: it brings back the right to the rest.
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

  /// Lays down the capabilities of `now`, the calling thread's, that are not ours.
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

  /// Makes these the effective capabilities; they must be permitted.
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

  /// The system call itself changes one thread only; the C library's function of that name would
  /// change all of them.
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
      // The thread has ended, though it can still be seen.
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
