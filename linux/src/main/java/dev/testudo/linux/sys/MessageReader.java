package dev.testudo.linux.sys;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/// Reads from Unix stream sockets and refuses descriptors that come with the data (`SCM_RIGHTS`,
/// unix(7)): the kernel closes them, and the reader reports them. For use by one thread.
public final class MessageReader {
  /// The result of [#receive] if descriptors came with the data. Both are discarded.
  public static final int DESCRIPTORS = -2;

  private static final int MSG_DONTWAIT = 0x40;
  private static final int MSG_CTRUNC = 0x08;
  private static final int MSG_CMSG_CLOEXEC = 0x4000_0000;

  // struct msghdr: name, its length, iov, its count, control, its length, flags.
  private static final int HEADER_SIZE = 56;
  private static final int IOV = 16;
  private static final int IOV_COUNT = 24;
  private static final int FLAGS = 48;

  private final Arena arena = Arena.ofAuto();
  private final MemorySegment bytes;
  private final MemorySegment vector = arena.allocate(16, 8);
  private final MemorySegment header = arena.allocate(HEADER_SIZE, 8);

  /// Creates a reader. `capacity` is the maximum number of bytes per [#receive].
  public MessageReader(int capacity) {
    bytes = arena.allocate(capacity);
    vector.set(JAVA_LONG, 0, bytes.address());
    header.set(JAVA_LONG, IOV, vector.address());
    header.set(JAVA_LONG, IOV_COUNT, 1);
  }

  /// Receives like [Sockets#recv]. Returns the number of bytes in `buffer`, 0 at the end of the
  /// stream, [Sockets#WOULD_BLOCK], or [#DESCRIPTORS].
  public int receive(Fd fd, MemorySegment buffer) throws ErrnoException {
    vector.set(JAVA_LONG, 8, Math.min(bytes.byteSize(), buffer.byteSize()));
    while (true) {
      header.set(JAVA_INT, FLAGS, 0);
      int flags = MSG_DONTWAIT | MSG_CMSG_CLOEXEC;
      long result = Native.call(SystemCall.RECVMSG, fd.value(), header.address(), flags);
      if (result == -Errno.EAGAIN) {
        return Sockets.WOULD_BLOCK;
      }
      if (result != -Errno.EINTR) {
        int count = (int) Native.checked("recvmsg", result);
        if ((header.get(JAVA_INT, FLAGS) & MSG_CTRUNC) != 0) {
          return DESCRIPTORS;
        }
        MemorySegment.copy(bytes, JAVA_BYTE, 0, buffer, JAVA_BYTE, 0, count);
        return count;
      }
    }
  }
}
