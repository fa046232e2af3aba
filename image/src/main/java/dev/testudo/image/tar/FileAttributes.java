package dev.testudo.image.tar;

import java.util.Collections;
import java.util.Map;
import java.util.TreeMap;

/// What an archive says of a file besides its kind and content.
///
/// @param mode permission, set-id and sticky bits, at most `07777`
/// @param owner whom it belongs to
/// @param mtime when it was changed, seconds since 1970
/// @param xattrs extended attributes by full name, such as `security.capability`; the values are
///     lower-case hexadecimal digits
public record FileAttributes(int mode, Owner owner, long mtime, Map<String, String> xattrs) {
  /// Copies the map.
  ///
  /// @throws IllegalArgumentException if the mode has other bits
  public FileAttributes {
    if ((mode & ~07777) != 0) {
      throw new IllegalArgumentException("a mode has at most the bits 07777");
    }
    xattrs = Collections.unmodifiableMap(new TreeMap<>(xattrs));
  }

  /// Returns attributes of a file of root from 1970 without extended attributes.
  public static FileAttributes of(int mode) {
    return new FileAttributes(mode, Owner.ROOT, 0, Map.of());
  }
}
