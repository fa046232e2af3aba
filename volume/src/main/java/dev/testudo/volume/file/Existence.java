package dev.testudo.volume.file;

/// Whether setting an extended attribute needs that it exists.
public enum Existence {
  ANY,
  /// `XATTR_CREATE`: it must not exist.
  NEW,
  /// `XATTR_REPLACE`: it must exist.
  PRESENT
}
