package dev.testudo.trust.attest.software;

/// A file, directory or link of an image.
public sealed interface ImageEntry {
  /// Returns the path in the image: absolute, with `/` between names, without `.` and `..`.
  String path();

  /// A directory with its permission bits.
  record Directory(String path, int permissions) implements ImageEntry {}

  /// A symbolic link and its target as written.
  record Link(String path, String target) implements ImageEntry {}

  /// A regular file with its permission bits and content.
  final class RegularFile implements ImageEntry {
    private final String path;
    private final int permissions;
    private final byte[] content;

    RegularFile(String path, int permissions, byte[] content) {
      this.path = path;
      this.permissions = permissions;
      this.content = content;
    }

    @Override
    public String path() {
      return path;
    }

    /// Returns the permission bits, at most `0777`. Set-id bits have no meaning
    /// here and are dropped.
    public int permissions() {
      return permissions;
    }

    /// Returns a copy of the content.
    public byte[] content() {
      return content.clone();
    }
  }
}
