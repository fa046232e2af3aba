package dev.testudo.linux.sys;

/// A thread or process held by a descriptor (pidfd_open(2)), so that its id cannot come to
/// mean another.
public final class PidFd implements AutoCloseable {
  /// `PIDFD_THREAD` (Linux 6.9): refers to the thread itself. Threads may have descriptor tables of
  /// their own; without this flag the leader's would be used.
  private static final int PIDFD_THREAD = 0x80;

  private final Fd fd;

  private PidFd(Fd fd) {
    this.fd = fd;
  }

  /// Opens the thread `tid` of this PID namespace or one below.
  public static PidFd ofThread(int tid) throws ErrnoException {
    return open(tid, PIDFD_THREAD);
  }

  /// Opens the process `pid`. The descriptor is readable once the process has ended.
  public static PidFd ofProcess(int pid) throws ErrnoException {
    return open(pid, 0);
  }

  private static PidFd open(int id, int flags) throws ErrnoException {
    long result = Native.call(SystemCall.PIDFD_OPEN, id, flags);
    return new PidFd(new Fd((int) Native.checked("pidfd_open", result)));
  }

  /// Returns the descriptor for [Epoll#add].
  public Fd fd() {
    return fd;
  }

  /// Returns a duplicate of the thread's descriptor `number` (pidfd_getfd(2)): the same open file
  /// description, close-on-exec.
  public Fd getfd(int number) throws ErrnoException {
    long result = Native.call(SystemCall.PIDFD_GETFD, fd.value(), number, 0);
    return new Fd((int) Native.checked("pidfd_getfd", result));
  }

  @Override
  public void close() {
    fd.close();
  }
}
