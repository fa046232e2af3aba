package dev.testudo.linux.sys;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.io.EOFException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;

/// Sends descriptors to another process over a Unix socket, and receives them (`SCM_RIGHTS`,
/// unix(7)). Both calls block.
public final class DescriptorMessages {
  /// The most descriptors of a message (`SCM_MAX_FD`).
  public static final int MOST = 253;

  private static final int SCM_RIGHTS = 1;
  private static final int MSG_CTRUNC = 0x08;
  private static final int MSG_TRUNC = 0x20;
  private static final int MSG_NOSIGNAL = 0x4000;
  private static final int MSG_CMSG_CLOEXEC = 0x4000_0000;

  // struct msghdr: name, its length, iov, its count, control, its length, flags.
  private static final int HEADER_SIZE = 56;
  private static final int IOV = 16;
  private static final int IOV_COUNT = 24;
  private static final int CONTROL = 32;
  private static final int CONTROL_LENGTH = 40;
  private static final int FLAGS = 48;

  // struct cmsghdr: length, level, type.
  private static final int CONTROL_HEADER = 16;
  private static final int LEVEL = 8;
  private static final int TYPE = 12;

  private DescriptorMessages() {}

  /// What arrived. The descriptors belong to the receiver and are close-on-exec.
  @SuppressWarnings("ArrayRecordComponent") // never compared
  public record Received(byte[] data, List<Fd> descriptors) {}

  /// Sends `data`, at least one byte, together with duplicates of the descriptors.
  public static void send(Fd socket, byte[] data, List<Fd> descriptors) throws ErrnoException {
    if (data.length == 0 || descriptors.isEmpty() || descriptors.size() > MOST) {
      throw new IllegalArgumentException("no data, or a wrong number of descriptors");
    }
    try (var arena = Arena.ofConfined()) {
      var bytes = arena.allocateFrom(JAVA_BYTE, data);
      long used = CONTROL_HEADER + (long) Integer.BYTES * descriptors.size();
      var control = arena.allocate((used + 7) & -8, 8);
      control.set(JAVA_LONG, 0, used);
      control.set(JAVA_INT, LEVEL, Sockets.SOL_SOCKET);
      control.set(JAVA_INT, TYPE, SCM_RIGHTS);
      for (var i = 0; i < descriptors.size(); i++) {
        control.set(JAVA_INT, CONTROL_HEADER + 4L * i, descriptors.get(i).value());
      }
      var header = header(arena, bytes, control);
      long sent = call(SystemCall.SENDMSG, socket, header, MSG_NOSIGNAL);
      if (Native.checked("sendmsg", sent) != data.length) {
        throw new ErrnoException("sendmsg", Errno.EMSGSIZE);
      }
    }
  }

  /// Waits for a message and receives it.
  ///
  /// @param room the most bytes of data
  /// @throws EOFException if the other end is closed
  /// @throws ErrnoException EMSGSIZE if the message has more data or more than [#MOST] descriptors
  ///     than expected; it is discarded
  public static Received receive(Fd socket, int room) throws ErrnoException, EOFException {
    try (var arena = Arena.ofConfined()) {
      var bytes = arena.allocate(room);
      var control = arena.allocate(CONTROL_HEADER + 4L * (MOST + 1), 8);
      var header = header(arena, bytes, control);
      int count =
          (int)
              Native.checked("recvmsg", call(SystemCall.RECVMSG, socket, header, MSG_CMSG_CLOEXEC));
      var descriptors = descriptors(control.asSlice(0, header.get(JAVA_LONG, CONTROL_LENGTH)));
      if ((header.get(JAVA_INT, FLAGS) & (MSG_CTRUNC | MSG_TRUNC)) != 0) {
        descriptors.forEach(Fd::close);
        throw new ErrnoException("recvmsg", Errno.EMSGSIZE);
      }
      if (count == 0) {
        descriptors.forEach(Fd::close);
        throw new EOFException("the other end of the socket is closed");
      }
      return new Received(bytes.asSlice(0, count).toArray(JAVA_BYTE), List.copyOf(descriptors));
    }
  }

  /// Takes the descriptors out of the control messages.
  private static List<Fd> descriptors(MemorySegment control) {
    var found = new ArrayList<Fd>();
    long at = 0;
    while (at + CONTROL_HEADER <= control.byteSize()) {
      long length = control.get(JAVA_LONG, at);
      if (length < CONTROL_HEADER || at + length > control.byteSize()) {
        break;
      }
      boolean rights =
          control.get(JAVA_INT, at + LEVEL) == Sockets.SOL_SOCKET
              && control.get(JAVA_INT, at + TYPE) == SCM_RIGHTS;
      for (long next = CONTROL_HEADER; rights && next + 4 <= length; next += 4) {
        found.add(new Fd(control.get(JAVA_INT, at + next)));
      }
      at += (length + 7) & -8;
    }
    return found;
  }

  private static MemorySegment header(Arena arena, MemorySegment bytes, MemorySegment control) {
    var vector = arena.allocate(16, 8);
    vector.set(JAVA_LONG, 0, bytes.address());
    vector.set(JAVA_LONG, 8, bytes.byteSize());
    var header = arena.allocate(HEADER_SIZE, 8);
    header.set(JAVA_LONG, IOV, vector.address());
    header.set(JAVA_LONG, IOV_COUNT, 1);
    header.set(JAVA_LONG, CONTROL, control.address());
    header.set(JAVA_LONG, CONTROL_LENGTH, control.byteSize());
    return header;
  }

  private static long call(SystemCall call, Fd socket, MemorySegment header, int flags) {
    while (true) {
      long result = Native.call(call, socket.value(), header.address(), flags);
      if (result != -Errno.EINTR) {
        return result;
      }
    }
  }
}
