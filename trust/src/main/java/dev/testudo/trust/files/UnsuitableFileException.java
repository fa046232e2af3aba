package dev.testudo.trust.files;

import java.io.IOException;

/// Thrown for a file that exists and cannot be what is wanted: it is no regular file, or too long.
/// The message is one line with its name.
public final class UnsuitableFileException extends IOException {
  private static final long serialVersionUID = 1;

  UnsuitableFileException(String message) {
    super(message);
  }
}
