package dev.testudo.image.tar;

/// The kind of an entry of an archive.
public sealed interface TarKind {
  /// A regular file, whose content follows.
  ///
  /// @param size the size of the content, bytes
  record File(long size) implements TarKind {}

  /// A directory.
  record Directory() implements TarKind {}

  /// A symbolic link.
  ///
  /// @param target the target as written
  record SymbolicLink(String target) implements TarKind {}

  /// Another name of an entry before it.
  ///
  /// @param target the name of that entry as written
  record HardLink(String target) implements TarKind {}

  /// A device.
  ///
  /// @param block true for a block device, false for a character device
  record Device(boolean block, int major, int minor) implements TarKind {}

  /// A named pipe.
  record Fifo() implements TarKind {}
}
