package dev.testudo.linux.fuse;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;

import dev.testudo.linux.process.WakeSignal;
import dev.testudo.linux.sys.Errno;
import dev.testudo.linux.sys.ErrnoException;
import dev.testudo.linux.sys.Fd;
import dev.testudo.linux.sys.Files;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.concurrent.locks.LockSupport;

/// Reads requests from the device and writes replies to it (fuse(4)).
///
/// A thread waits in read(2). Waiting in epoll_wait(2) takes two more system calls for each request
/// and wakes a thread by a detour. A request is read into native memory and copied once to the
/// heap, where ciphers are fast. A reply is written from the heap, since that call never waits.
final class DeviceTransport implements FuseTransport {
  private static final long NOBODY = 0;
  private static final long WAKE_AGAIN_NANOS = 1_000_000;

  /// Where signals do not arrive, the thread ends after its next request.
  private static final int MOST_WAKES = 5000;

  private final Fd fd;
  private final Arena arena = Arena.ofShared();
  private final MemorySegment buffer;
  private FuseEnd end = new FuseEnd.Unmounted();

  /// The thread that waits for a request, or is about to.
  private volatile long waiting = NOBODY;

  private volatile boolean stopping;
  private long thread = NOBODY;

  /// @param size the length of the longest request in bytes
  DeviceTransport(FuseDevice device, int size) {
    this.fd = device.fd();
    this.buffer = arena.allocate(size, 4096);
  }

  @Override
  public int receive(byte[] request) throws ErrnoException {
    if (thread == NOBODY) {
      thread = WakeSignal.receiver();
    }
    waiting = thread;
    try {
      int length = read();
      if (length > 0) {
        MemorySegment.copy(buffer, JAVA_BYTE, 0, request, 0, length);
      }
      return length;
    } finally {
      waiting = NOBODY;
    }
  }

  private int read() throws ErrnoException {
    while (!stopping) {
      int length = Files.readOrError(fd, buffer);
      if (length >= 0) {
        return length;
      }
      switch (-length) {
        case Errno.EINTR, Errno.ENOENT, Errno.EIO -> {
          // Somebody wakes this thread, the request was cancelled before it was read, or it is too
          // long for the kernel to send.
        }
        case Errno.ENODEV -> {
          return -1;
        }
        case Errno.ECONNABORTED -> {
          end = new FuseEnd.Aborted();
          return -1;
        }
        default -> throw new ErrnoException("read a FUSE request", -length);
      }
    }
    end = new FuseEnd.Stopped();
    return -1;
  }

  @Override
  public void stop() {
    stopping = true;
    int tries = 0;
    for (long at = waiting; at != NOBODY && tries < MOST_WAKES; at = waiting) {
      WakeSignal.send(at);
      LockSupport.parkNanos(WAKE_AGAIN_NANOS);
      tries++;
    }
  }

  @Override
  public boolean send(byte[] reply, int length) throws ErrnoException {
    try {
      Files.writeAtOnce(fd, MemorySegment.ofArray(reply).asSlice(0, length));
      return true;
    } catch (ErrnoException e) {
      return switch (e.errno()) {
        // The connection was aborted meanwhile, or the mount is gone, which the next read reports.
        case Errno.ENOENT, Errno.ENODEV, Errno.ECONNABORTED -> false;
        // The kernel has answered the program with EIO in our place.
        case Errno.EINVAL -> false;
        default -> throw e;
      };
    }
  }

  @Override
  public FuseEnd end() {
    return end;
  }

  @Override
  public void close() {
    arena.close();
  }
}
