package dev.testudo.linux.sys;

/// Identifies a process permanently. Its id alone may be reused after its end.
///
/// @param pid the process id, as this process sees it
/// @param started its start time, in clock ticks since boot
public record ProcessIdentity(int pid, long started) {
  /// The index of `starttime` in proc_pid_stat(5), counted from the field after the name.
  private static final int START_TIME = 19;

  private static final int PARENT = 1;

  /// Returns the process of thread `tid`.
  ///
  /// @throws ErrnoException ESRCH if the thread has ended
  public static ProcessIdentity ofThread(int tid) throws ErrnoException {
    return of(group(tid));
  }

  private static ProcessIdentity of(int pid) throws ErrnoException {
    return new ProcessIdentity(pid, Long.parseLong(stat(pid)[START_TIME]));
  }

  /// Returns the fields of proc_pid_stat(5) after the name.
  private static String[] stat(int pid) throws ErrnoException {
    var stat = ProcFile.read("/proc/" + pid + "/stat");
    // The name may contain spaces and parentheses.
    var fields = stat.substring(stat.lastIndexOf(')') + 1).strip().split(" ", -1);
    if (fields.length <= START_TIME) {
      throw new ErrnoException("stat of process " + pid, Errno.ESRCH);
    }
    return fields;
  }

  /// Returns the process id of its parent at present; 0 if that is in no PID namespace below that
  /// of this process.
  ///
  /// @throws ErrnoException ESRCH if it has ended
  public int parent() throws ErrnoException {
    var fields = stat(pid);
    if (Long.parseLong(fields[START_TIME]) != started) {
      throw new ErrnoException("process " + pid, Errno.ESRCH);
    }
    return Integer.parseInt(fields[PARENT]);
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
