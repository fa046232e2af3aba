package dev.testudo.image.oci;

/// How the tar archive of a layer is compressed.
public enum Compression {
  /// Not at all.
  NONE,
  /// RFC 1952.
  GZIP,
  /// RFC 8878.
  ZSTD
}
