package dev.testudo.linux.sys;

/// A thread or process held by a descriptor, so that its number cannot come to mean another one.
public final class PidFd implements AutoCloseable {
  /// `PIDFD_THREAD` (Linux 6.9): refer to the thread itself. Threads may have descriptor tables of
  /// their own; without it one would look into the leader's.
  private static final int PIDFD_THREAD = 0x80;

  private final Fd fd;

  private PidFd(Fd fd) {
    this.fd = fd;
  }

  /// The thread `tid` of this PID namespace or one below.
  public static PidFd ofThread(int tid) throws ErrnoException {
    return open(tid, PIDFD_THREAD);
  }

  /// The process `pid`. Readable when it has ended.
  public static PidFd ofProcess(int pid) throws ErrnoException {
    return open(pid, 0);
  }

  private static PidFd open(int id, int flags) throws ErrnoException {
    long result = Native.call(SystemCall.PIDFD_OPEN, id, flags);
    return new PidFd(new Fd((int) Native.checked("pidfd_open", result)));
  }

  /// For [Epoll#add].
  public Fd fd() {
    return fd;
  }

  /// A duplicate of descriptor `number` of that thread: the same open file description;
  /// close-on-exec.
  public Fd getfd(int number) throws ErrnoException {
    long result = Native.call(SystemCall.PIDFD_GETFD, fd.value(), number, 0);
    return new Fd((int) Native.checked("pidfd_getfd", result));
  }

  @Override
  public void close() {
    fd.close();
  }
}
