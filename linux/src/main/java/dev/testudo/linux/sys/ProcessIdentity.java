package dev.testudo.linux.sys;

/// Identifies a process permanently. Its id alone may be reused after its end.
///
/// @param pid the process id, as this process sees it
/// @param started its start time, in clock ticks since boot
public record ProcessIdentity(int pid, long started) {
  /// The index of `starttime` in proc_pid_stat(5), counted from the field after the name.
  private static final int START_TIME = 19;

  /// Returns the process of thread `tid`.
  ///
  /// @throws ErrnoException ESRCH if the thread has ended
  public static ProcessIdentity ofThread(int tid) throws ErrnoException {
    return of(group(tid));
  }

  private static ProcessIdentity of(int pid) throws ErrnoException {
    var stat = ProcFile.read("/proc/" + pid + "/stat");
    // The name may contain spaces and parentheses.
    var fields = stat.substring(stat.lastIndexOf(')') + 1).strip().split(" ", -1);
    if (fields.length <= START_TIME) {
      throw new ErrnoException("stat of process " + pid, Errno.ESRCH);
    }
    return new ProcessIdentity(pid, Long.parseLong(fields[START_TIME]));
  }

  private static int group(int tid) throws ErrnoException {
    return ProcFile.read("/proc/" + tid + "/status")
        .lines()
        .filter(line -> line.startsWith("Tgid:"))
        .mapToInt(line -> Integer.parseInt(line.substring(5).strip()))
        .findFirst()
        .orElseThrow(() -> new ErrnoException("process of thread " + tid, Errno.ESRCH));
  }

  /// Opens a pidfd of the process.
  ///
  /// @throws ErrnoException ESRCH if it has ended
  public PidFd open() throws ErrnoException {
    var opened = PidFd.ofProcess(pid);
    try {
      if (of(pid).equals(this)) {
        return opened;
      }
    } catch (ErrnoException e) {
      opened.close();
      throw new ErrnoException("process " + pid, Errno.ESRCH);
    }
    opened.close();
    throw new ErrnoException("process " + pid, Errno.ESRCH);
  }
}
