package dev.testudo.image.tar;

import java.io.IOException;

/// An archive does not follow the format of tar, or exceeds a limit.
public final class TarException extends IOException {
  private static final long serialVersionUID = 1;

  private final Reason reason;

  /// Why an archive is refused.
  public enum Reason {
    /// It does not follow the format.
    MALFORMED,
    /// It uses a part of the format that is not supported.
    UNSUPPORTED,
    /// It exceeds a limit.
    TOO_LARGE
  }

  TarException(Reason reason, String message) {
    super(message);
    this.reason = reason;
  }

  /// Returns why the archive is refused.
  public Reason reason() {
    return reason;
  }

  static TarException malformed(String message) {
    return new TarException(Reason.MALFORMED, message);
  }
}
