package dev.testudo.linux.fuse;

import dev.testudo.linux.sys.Errno;
import java.io.IOException;

/// The answer to a request that fails as POSIX describes: an error number for the program. It is a
/// result and not a defect, so it has no stack trace.
public final class FuseError extends IOException {
  private static final long serialVersionUID = 1;

  private final int errno;

  /// Creates an answer.
  ///
  /// @param errno one of the constants of [Errno], above 0
  public FuseError(int errno) {
    super(Errno.name(errno));
    if (errno <= 0 || errno >= 512) { // the kernel refuses other numbers
      throw new IllegalArgumentException("not an error number for programs: " + errno);
    }
    this.errno = errno;
  }

  public int errno() {
    return errno;
  }

  @Override
  public synchronized Throwable fillInStackTrace() {
    return this;
  }
}
