package dev.testudo.volume.freshness;

import java.io.IOException;
import java.io.Serial;

/// Thrown when a volume must not be changed, because its lease is lost or CAS does not answer. A
/// program sees EIO.
public final class LeaseLostException extends IOException {
  @Serial private static final long serialVersionUID = 1L;

  LeaseLostException(String message) {
    super(message);
  }
}
