package dev.testudo.trust.attest.software;

/// One file, directory or link that an image brings.
public sealed interface ImageEntry {
  /// Where it is in the image: absolute, `/` between names, no `.` or `..`.
  String path();

  /// A directory with its permission bits.
  record Directory(String path, int permissions) implements ImageEntry {}

  /// A symbolic link and what it says, unresolved.
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

    /// Permission bits, at most `0777`: set-id bits have no meaning here and are dropped.
    public int permissions() {
      return permissions;
    }

    /// A copy of the content.
    public byte[] content() {
      return content.clone();
    }
  }
}
