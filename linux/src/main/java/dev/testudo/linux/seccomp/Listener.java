package dev.testudo.linux.seccomp;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import dev.testudo.linux.sys.Errno;
import dev.testudo.linux.sys.ErrnoException;
import dev.testudo.linux.sys.Fd;
import dev.testudo.linux.sys.Native;
import dev.testudo.linux.sys.SystemCall;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.Optional;

/// The supervisor's end of a filter (seccomp_unotify(2)). It receives notifications of suspended
/// calls and answers them. Only one thread may receive and answer.
///
/// The kernel must not continue a call whose arguments in memory the supervisor has to enforce:
/// another thread of the program could change them after the check.
public final class Listener implements AutoCloseable {
  private static final long RECV = 0xC050_2100L;
  private static final long SEND = 0xC018_2101L;
  private static final long ID_VALID = 0x4008_2102L;
  private static final long ADDFD = 0x4018_2103L;
  private static final long SET_FLAGS = 0x4008_2104L;
  private static final long SYNC_WAKE_UP = 1;
  private static final int ADDFD_FLAG_SETFD = 1;
  private static final int ADDFD_FLAG_SEND = 2;
  private static final int FLAG_CONTINUE = 1;
  private static final int O_CLOEXEC = 0x80000;

  private final Fd fd;
  private final Arena arena = Arena.ofAuto();
  private final MemorySegment received = arena.allocate(80, 8);
  private final MemorySegment response = arena.allocate(24, 8);
  private final MemorySegment addition = arena.allocate(24, 8);
  private final MemorySegment asked = arena.allocate(8, 8);

  /// Creates a listener that owns `fd`, the result of [Seccomp#install].
  public Listener(Fd fd) {
    this.fd = fd;
    // Makes the kernel wake the other side on this processor (Linux 6.6), which takes a quarter of
    // the time of a round trip. Older kernels return EINVAL and use the slower way.
    Native.call(SystemCall.IOCTL, fd.value(), SET_FLAGS, SYNC_WAKE_UP);
  }

  /// Returns the descriptor for epoll. It is readable when a notification waits, and reports a
  /// hang-up when no process is left under the filter.
  public Fd fd() {
    return fd;
  }

  /// Receives the next notification. Returns empty if its call was interrupted meanwhile. Blocks if
  /// none waits, so poll first.
  public Optional<Notification> receive() throws ErrnoException {
    received.fill((byte) 0); // required by the kernel
    long result = Native.call(SystemCall.IOCTL, fd.value(), RECV, received.address());
    if (result == -Errno.ENOENT || result == -Errno.EINTR) {
      return Optional.empty();
    }
    Native.checked("SECCOMP_IOCTL_NOTIF_RECV", result);
    var arguments = new long[6];
    for (int i = 0; i < arguments.length; i++) {
      arguments[i] = received.get(JAVA_LONG, 32 + 8L * i);
    }
    return Optional.of(
        new Notification(
            received.get(JAVA_LONG, 0),
            received.get(JAVA_INT, 8),
            received.get(JAVA_INT, 16),
            received.get(JAVA_LONG, 24),
            arguments));
  }

  /// Returns whether the call is still suspended. Check this after reading anything of the thread:
  /// only then did the thread id mean the calling thread.
  public boolean isPending(long id) {
    if (!fd.isOpen()) {
      return false;
    }
    asked.set(JAVA_LONG, 0, id);
    return Native.call(SystemCall.IOCTL, fd.value(), ID_VALID, asked.address()) == 0;
  }

  /// Makes the call return `value`. Returns false if it was no longer suspended.
  public boolean answer(long id, long value) throws ErrnoException {
    return send(id, value, 0);
  }

  /// Makes the call fail with `errno`. Returns false if it was no longer suspended.
  public boolean fail(long id, int errno) throws ErrnoException {
    return send(id, 0, -errno);
  }

  /// Gives the program a duplicate of `source`, and makes the call return its number, in one step.
  /// Returns the number or a negated error: `-ENOENT` if the call is no longer suspended, `-EMFILE`
  /// if the program has no free descriptor (the call is then still suspended).
  public int answerWithDescriptor(long id, Fd source, boolean closeOnExec) {
    return add(id, source, closeOnExec, ADDFD_FLAG_SEND, 0);
  }

  /// Gives the program a duplicate of `source`. The call stays suspended. Returns the number or a
  /// negated error, as [#answerWithDescriptor].
  public int giveDescriptor(long id, Fd source, boolean closeOnExec) {
    return add(id, source, closeOnExec, 0, 0);
  }

  /// As [#giveDescriptor(long, Fd, boolean)], at `number`, where it replaces another descriptor.
  /// Returns `-EBADF` if the program may not have so high a number.
  public int giveDescriptor(long id, Fd source, boolean closeOnExec, int number) {
    return add(id, source, closeOnExec, ADDFD_FLAG_SETFD, number);
  }

  private int add(long id, Fd source, boolean closeOnExec, int flags, int number) {
    addition.set(JAVA_LONG, 0, id);
    addition.set(JAVA_INT, 8, flags);
    addition.set(JAVA_INT, 12, source.value());
    addition.set(JAVA_INT, 16, number);
    addition.set(JAVA_INT, 20, closeOnExec ? O_CLOEXEC : 0);
    return (int) Native.call(SystemCall.IOCTL, fd.value(), ADDFD, addition.address());
  }

  /// Makes the kernel continue the call. Safe for three kinds of calls only. The first only fill
  /// the caller's memory: whatever their arguments mean by then, the program learns what its own
  /// sockets would tell it and changes nothing. The second would be allowed regardless of memory
  /// and descriptors, and the supervisor only needs to act before them. The third are calls on
  /// files that the supervisor does not replace. If another thread changes such a path, the kernel
  /// acts on what is there without the supervisor: nothing, or an empty file. Returns false if the
  /// call was no longer suspended.
  public boolean letRead(long id) throws ErrnoException {
    return send(id, 0, 0, FLAG_CONTINUE);
  }

  private boolean send(long id, long value, int error) throws ErrnoException {
    return send(id, value, error, 0);
  }

  private boolean send(long id, long value, int error, int flags) throws ErrnoException {
    if (!fd.isOpen()) {
      return false;
    }
    response.set(JAVA_LONG, 0, id);
    response.set(JAVA_LONG, 8, value);
    response.set(JAVA_INT, 16, error);
    response.set(JAVA_INT, 20, flags);
    long result = Native.call(SystemCall.IOCTL, fd.value(), SEND, response.address());
    if (result == -Errno.ENOENT) {
      return false;
    }
    Native.checked("SECCOMP_IOCTL_NOTIF_SEND", result);
    return true;
  }

  /// Closes the listener. From now on every call that the filter reports fails with `ENOSYS`,
  /// including those that are suspended now, and [#isPending] returns false.
  @Override
  public void close() {
    fd.close();
  }
}
