package dev.testudo.agent.attest.source;

import java.io.IOException;

/// Thrown when a source of evidence is busy, or throttles its callers: asking again may help.
final class BusySourceException extends IOException {
  private static final long serialVersionUID = 1;

  BusySourceException(String message) {
    super(message);
  }

  BusySourceException(String message, Throwable cause) {
    super(message, cause);
  }
}
