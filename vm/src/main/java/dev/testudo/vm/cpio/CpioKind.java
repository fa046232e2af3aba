package dev.testudo.vm.cpio;

import dev.testudo.trust.attest.evidence.Octets;

/// What an entry of an archive is.
public sealed interface CpioKind {
  /// A regular file.
  record File(Octets content) implements CpioKind {}

  /// A directory.
  record Directory() implements CpioKind {}

  /// A symbolic link.
  ///
  /// @param target what it contains, which need not exist
  record SymbolicLink(String target) implements CpioKind {}

  /// A character device, such as `/dev/console`.
  ///
  /// @param major 0 to 2^20 - 1
  /// @param minor 0 to 2^20 - 1
  record CharacterDevice(int major, int minor) implements CpioKind {
    private static final int MOST = (1 << 20) - 1;

    /// Checks the numbers.
    ///
    /// @throws IllegalArgumentException if one is out of range
    public CharacterDevice {
      if (major < 0 || major > MOST || minor < 0 || minor > MOST) {
        throw new IllegalArgumentException("a device %d:%d".formatted(major, minor));
      }
    }
  }

  /// Returns the type as the upper bits of `st_mode` say it (inode(7)).
  default int typeBits() {
    return switch (this) {
      case File _ -> 0100000;
      case Directory _ -> 0040000;
      case SymbolicLink _ -> 0120000;
      case CharacterDevice _ -> 0020000;
    };
  }
}
