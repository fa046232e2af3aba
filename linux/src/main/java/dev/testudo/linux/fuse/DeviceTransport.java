package dev.testudo.linux.fuse;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;

import dev.testudo.linux.sys.Epoll;
import dev.testudo.linux.sys.Errno;
import dev.testudo.linux.sys.ErrnoException;
import dev.testudo.linux.sys.EventFd;
import dev.testudo.linux.sys.Fd;
import dev.testudo.linux.sys.Files;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/// Reads requests from the device and writes replies to it (fuse(4)).
///
/// The device is read without waiting, and epoll waits for the next request or for the order to
/// stop. Each request wakes one thread. A request is read into native memory and copied once to the
/// heap, where ciphers are fast. A reply is written from the heap, since that call never waits.
final class DeviceTransport implements FuseTransport {
  private final Fd fd;
  private final Epoll epoll = new Epoll(2);
  private final Arena arena = Arena.ofShared();
  private final MemorySegment buffer;
  private FuseEnd end = new FuseEnd.Unmounted();
  private boolean stopping;

  /// @param size the length of the longest request in bytes
  /// @param stop becomes readable to end all threads, and stays so
  DeviceTransport(FuseDevice device, int size, EventFd stop) throws ErrnoException {
    this.fd = device.fd();
    this.buffer = arena.allocate(size, 4096);
    Files.setNonBlocking(fd);
    epoll.add(fd, Epoll.EPOLLIN | Epoll.EPOLLEXCLUSIVE, 0);
    epoll.add(stop.fd(), Epoll.EPOLLIN, 1);
  }

  @Override
  public int receive(byte[] request) throws ErrnoException {
    while (!stopping) {
      int length = Files.readOrError(fd, buffer);
      if (length >= 0) {
        MemorySegment.copy(buffer, JAVA_BYTE, 0, request, 0, length);
        return length;
      }
      switch (-length) {
        case Errno.EAGAIN -> epoll.await(-1, (key, _) -> stopping |= key == 1);
        case Errno.EINTR, Errno.ENOENT, Errno.EIO -> {
          // The request was cancelled before it was read, or is too long for the kernel to send.
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
    epoll.close();
    arena.close();
  }
}
