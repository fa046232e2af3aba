package dev.testudo.linux.sys;

import java.io.IOException;

/// A system call failed.
public final class ErrnoException extends IOException {
  private static final long serialVersionUID = 1;

  private final String call;
  private final int errno;

  /// `call` is the call's name, with what it was about when that helps: `open /proc/7/mem`.
  public ErrnoException(String call, int errno) {
    super(call + ": " + Errno.name(errno));
    this.call = call;
    this.errno = errno;
  }

  public String call() {
    return call;
  }

  /// One of the constants of [Errno].
  public int errno() {
    return errno;
  }
}
