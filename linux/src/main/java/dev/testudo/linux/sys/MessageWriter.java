package dev.testudo.linux.sys;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/// Writes to Unix stream sockets with the credentials of nobody. A receiver that asks for the
/// sender (`SO_PASSCRED`, unix(7)) sees user and group 65534, if this process may set them. For use
/// by one thread.
public final class MessageWriter {
  private static final int NOBODY = 65_534;
  private static final int SCM_CREDENTIALS = 2;
  private static final int MSG_DONTWAIT = 0x40;
  private static final int MSG_NOSIGNAL = 0x4000;

  // struct msghdr: name, its length, iov, its count, control, its length, flags.
  private static final int HEADER_SIZE = 56;
  private static final int IOV = 16;
  private static final int IOV_COUNT = 24;
  private static final int CONTROL = 32;
  private static final int CONTROL_LENGTH = 40;

  /// `struct cmsghdr` (length, level, type) and `struct ucred`.
  private static final int CONTROL_SIZE = 16 + 12;

  private final Arena arena = Arena.ofAuto();
  private final MemorySegment bytes;
  private final MemorySegment vector = arena.allocate(16, 8);
  private final MemorySegment header = arena.allocate(HEADER_SIZE, 8);
  private boolean permitted = true;

  /// Creates a writer. `capacity` is the maximum number of bytes per [#send].
  public MessageWriter(int capacity) {
    bytes = arena.allocate(capacity);
    vector.set(JAVA_LONG, 0, bytes.address());
    var control = arena.allocate(CONTROL_SIZE, 8);
    control.set(JAVA_LONG, 0, CONTROL_SIZE);
    control.set(JAVA_INT, 8, Sockets.SOL_SOCKET);
    control.set(JAVA_INT, 12, SCM_CREDENTIALS);
    control.set(JAVA_INT, 16, Math.toIntExact(ProcessHandle.current().pid()));
    control.set(JAVA_INT, 20, NOBODY);
    control.set(JAVA_INT, 24, NOBODY);
    header.set(JAVA_LONG, IOV, vector.address());
    header.set(JAVA_LONG, IOV_COUNT, 1);
    header.set(JAVA_LONG, CONTROL, control.address());
    header.set(JAVA_LONG, CONTROL_LENGTH, CONTROL_SIZE);
  }

  /// Sends like [Sockets#send].
  public int send(Fd fd, MemorySegment buffer) throws ErrnoException {
    long count = Math.min(bytes.byteSize(), buffer.byteSize());
    while (permitted) {
      MemorySegment.copy(buffer, 0, bytes, 0, count);
      vector.set(JAVA_LONG, 8, count);
      int flags = MSG_DONTWAIT | MSG_NOSIGNAL;
      long result = Native.call(SystemCall.SENDMSG, fd.value(), header.address(), flags);
      if (result == -Errno.EAGAIN) {
        return Sockets.WOULD_BLOCK;
      }
      if (result == -Errno.EPERM) {
        // Without CAP_SETUID a process can only send its own credentials.
        permitted = false;
      } else if (result != -Errno.EINTR) {
        return (int) Native.checked("sendmsg", result);
      }
    }
    return Sockets.send(fd, buffer);
  }
}
