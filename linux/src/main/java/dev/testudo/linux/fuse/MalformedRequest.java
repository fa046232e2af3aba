package dev.testudo.linux.fuse;

/// A request whose structure is not what `linux/fuse.h` says. The kernel is trusted, but nothing is
/// accessed out of bounds because of what it sends.
final class MalformedRequest extends Exception {
  private static final long serialVersionUID = 1;

  private final int errno;

  /// @param errno the answer to the program
  MalformedRequest(String what, int errno) {
    super(what);
    this.errno = errno;
  }

  int errno() {
    return errno;
  }

  @Override
  public synchronized Throwable fillInStackTrace() {
    return this;
  }
}
