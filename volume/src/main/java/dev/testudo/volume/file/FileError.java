package dev.testudo.volume.file;

import java.io.IOException;
import java.io.Serial;

/// Thrown when an operation is not possible for a reason that the program caused, as errno(3) names
/// them. Nothing has changed then.
public final class FileError extends IOException {
  @Serial private static final long serialVersionUID = 1L;

  /// The reason, with the name of errno(3) in its documentation.
  public enum Reason {
    /// ENOENT.
    NO_ENTRY,
    /// EEXIST.
    EXISTS,
    /// ENOTDIR.
    NOT_A_DIRECTORY,
    /// EISDIR.
    IS_A_DIRECTORY,
    /// ENOTEMPTY.
    NOT_EMPTY,
    /// EINVAL.
    INVALID,
    /// ENAMETOOLONG.
    NAME_TOO_LONG,
    /// EFBIG.
    TOO_LARGE,
    /// EMLINK.
    TOO_MANY_LINKS,
    /// EPERM.
    NOT_PERMITTED,
    /// ENODATA.
    NO_ATTRIBUTE,
    /// ERANGE.
    OUT_OF_RANGE,
    /// E2BIG.
    ATTRIBUTE_TOO_LONG,
    /// ENXIO.
    NOTHING_THERE,
    /// ENOSPC.
    NO_SPACE,
    /// EOPNOTSUPP.
    NOT_SUPPORTED
  }

  private final Reason reason;

  FileError(Reason reason) {
    super(reason.name());
    this.reason = reason;
  }

  /// Returns the reason.
  public Reason reason() {
    return reason;
  }

  /// Programs cause these errors all the time, and nobody reads where they were thrown.
  @Override
  public synchronized Throwable fillInStackTrace() {
    return this;
  }
}
