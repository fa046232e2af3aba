package dev.testudo.trust.measure;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.testudo.trust.attest.evidence.Measurement;
import java.util.HexFormat;

/// An entry of a file tree as it is measured.
///
/// @param path the absolute path in the tree
/// @param mode the type and the permission bits, as in `st_mode`; see inode(7). The permission bits
///     of a link are 0
/// @param sha256 the hash of the content of a file, of the target of a link, or of nothing for a
///     directory
public record HashedEntry(String path, int mode, String sha256) {
  private static final String OF_NOTHING = hash(new byte[0]);

  /// Checks the hash's spelling.
  public HashedEntry {
    if (!Measurement.isHex(sha256, 64)) {
      throw new IllegalArgumentException("a hash is 64 lower-case hexadecimal digits");
    }
  }

  /// Returns a directory.
  ///
  /// @param permissions the permission bits, at most `0777`
  public static HashedEntry directory(String path, int permissions) {
    return new HashedEntry(path, TreeWalk.DIRECTORY | permissions, OF_NOTHING);
  }

  /// Returns a regular file.
  ///
  /// @param permissions the permission bits, at most `0777`
  public static HashedEntry file(String path, int permissions, String sha256) {
    return new HashedEntry(path, TreeWalk.REGULAR | permissions, sha256);
  }

  /// Returns a symbolic link.
  public static HashedEntry link(String path, String target) {
    return new HashedEntry(path, TreeWalk.LINK, hash(target.getBytes(UTF_8)));
  }

  private static String hash(byte[] content) {
    return HexFormat.of().formatHex(Measurement.sha256().digest(content));
  }

  int type() {
    return mode & ~0777;
  }

  MeasuredFile measured() {
    return new MeasuredFile("root:" + path, mode, sha256);
  }
}
