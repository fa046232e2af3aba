package dev.testudo.linux.fuse;

import static java.lang.foreign.ValueLayout.JAVA_INT;

import dev.testudo.linux.sys.ErrnoException;
import dev.testudo.linux.sys.Fd;
import dev.testudo.linux.sys.Files;
import dev.testudo.linux.sys.Native;
import dev.testudo.linux.sys.SystemCall;
import java.lang.foreign.Arena;
import java.nio.file.Path;

/// A connection to the kernel's FUSE: an open `/dev/fuse`.
///
/// [FuseMount#mount] attaches it to a file system. While at least one device of the connection is
/// open anywhere, programs wait for answers; afterwards they get ENOTCONN.
public final class FuseDevice implements AutoCloseable {
  /// Where the device is.
  public static final Path PATH = Path.of("/dev/fuse");

  /// `_IOR(229, 0, uint32_t)`.
  private static final long FUSE_DEV_IOC_CLONE = 0x8004_e500L;

  private final Fd fd;

  /// Takes ownership of an open device, for example one that another process has sent.
  public FuseDevice(Fd fd) {
    this.fd = fd;
  }

  /// Opens the device.
  ///
  /// @throws ErrnoException ENOENT if there is none, EACCES or EPERM if this process may not,
  ///     ENODEV if the kernel has no FUSE
  public static FuseDevice open() throws ErrnoException {
    return open(PATH);
  }

  /// As [#open], where the device file is somewhere else. FUSE's mount(2) demands that it is opened
  /// and mounted in the same user namespace.
  public static FuseDevice open(Path device) throws ErrnoException {
    return new FuseDevice(Files.open(device.toString(), Files.O_RDWR));
  }

  /// Returns a further device of the same connection, which must be mounted. Threads that read from
  /// different devices do not wait for each other in the kernel. `device` is where `/dev/fuse` is.
  ///
  /// @throws ErrnoException EINVAL if nothing is mounted
  public FuseDevice copy(Path device) throws ErrnoException {
    var copy = open(device);
    try (var arena = Arena.ofConfined()) {
      var from = arena.allocateFrom(JAVA_INT, fd.value());
      long result =
          Native.call(SystemCall.IOCTL, copy.fd.value(), FUSE_DEV_IOC_CLONE, from.address());
      Native.checked("ioctl(FUSE_DEV_IOC_CLONE)", result);
      return copy;
    } catch (ErrnoException e) {
      copy.close();
      throw e;
    }
  }

  /// Returns the descriptor, which still belongs to this object.
  public Fd fd() {
    return fd;
  }

  @Override
  public void close() {
    fd.close();
  }
}
