package dev.testudo.volume.store;

import java.io.IOException;
import java.io.Serial;

/// Thrown when the limit of a volume or its backing store leaves no space: `ENOSPC`. Nothing has
/// changed.
public final class NoSpaceException extends IOException {
  @Serial private static final long serialVersionUID = 1L;

  /// @param message one line: what has no space, and why
  public NoSpaceException(String message) {
    super(message);
  }

  NoSpaceException(String message, IOException cause) {
    super(message, cause);
  }
}
