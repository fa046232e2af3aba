package dev.testudo.volume.file;

/// What rename(2) does if the new name exists.
public enum RenameMode {
  /// The new name refers to the other inode from then on.
  REPLACE,
  /// `RENAME_NOREPLACE`: it fails.
  NO_REPLACE,
  /// `RENAME_EXCHANGE`: the names change places.
  EXCHANGE
}
