package dev.testudo.volume.store;

import java.io.Serial;

/// Thrown when something that was verified is not what the format says: its author is malicious or
/// mistaken. Whoever knows the place makes a `VolumeException` of it.
final class MalformedException extends Exception {
  @Serial private static final long serialVersionUID = 1L;

  private final String reason;

  MalformedException(String reason) {
    super(reason);
    this.reason = reason;
  }

  /// Returns what is wrong.
  String reason() {
    return reason;
  }
}
