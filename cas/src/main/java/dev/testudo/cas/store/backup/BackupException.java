package dev.testudo.cas.store.backup;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Locale;

/// A file is not a backup that can be restored.
public final class BackupException extends IOException {
  private static final long serialVersionUID = 1;
  private final Fault fault;

  /// What is wrong with the file. The id of a fault is its name in lower case, with hyphens.
  public enum Fault {
    /// It does not begin like a backup.
    NOT_A_BACKUP,
    /// Its end is missing.
    TRUNCATED_BACKUP,
    /// A part of it was changed.
    DAMAGED_BACKUP,
    /// It is the backup of another CAS.
    FOREIGN_BACKUP;

    /// Returns the id.
    public String id() {
      return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
  }

  /// Creates an exception.
  ///
  /// @param how what was found, for a message
  public BackupException(Fault fault, Path file, String how) {
    super("%s: `%s` %s".formatted(fault.id(), file, how));
    this.fault = fault;
  }

  /// What is wrong.
  public Fault fault() {
    return fault;
  }
}
