package dev.testudo.trust.files;

import java.io.IOException;
import java.nio.file.Path;

/// A file or directory is not what it must be before anything in it is relied on. The message says
/// what to do.
public final class OwnedException extends IOException {
  private static final long serialVersionUID = 1;
  private final Reason reason;
  private final transient Path file;

  /// What it is instead.
  public enum Reason {
    /// Another user's.
    OTHER_OWNER,
    /// Others can change it.
    CHANGEABLE_BY_OTHERS,
    /// Others can read it.
    READABLE_BY_OTHERS,
    /// No directory.
    NOT_A_DIRECTORY,
    /// No regular file.
    NOT_A_FILE,
    /// A directory that is used for something else.
    OTHER_CONTENT
  }

  OwnedException(Reason reason, Path file, String message) {
    super(message);
    this.reason = reason;
    this.file = file;
  }

  /// What it is instead.
  public Reason reason() {
    return reason;
  }

  /// What was looked at.
  public Path file() {
    return file;
  }
}
