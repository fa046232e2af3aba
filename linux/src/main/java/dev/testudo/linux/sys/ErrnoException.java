package dev.testudo.linux.sys;

import java.io.IOException;

/// Thrown when a system call fails.
public final class ErrnoException extends IOException {
  private static final long serialVersionUID = 1;

  private final String call;
  private final int errno;

  /// Creates an exception. `call` is the call's name, with its object where that helps:
  /// `open /proc/7/mem`.
  public ErrnoException(String call, int errno) {
    super(call + ": " + Errno.name(errno));
    this.call = call;
    this.errno = errno;
  }

  public String call() {
    return call;
  }

  /// Returns the error number, one of the constants of [Errno].
  public int errno() {
    return errno;
  }
}
