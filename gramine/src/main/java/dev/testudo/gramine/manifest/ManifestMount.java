package dev.testudo.gramine.manifest;

/// What is at a path of the program's file system.
public sealed interface ManifestMount {
  /// Returns the path, which is absolute.
  String path();

  /// A file or a folder of the host. The program opens only trusted files in it.
  ///
  /// @param host where it is on the host, relative to where Gramine is started
  record HostFiles(String path, String host) implements ManifestMount {}

  /// An empty folder in memory.
  record InMemory(String path) implements ManifestMount {}

  /// A folder of the host whose files are encrypted.
  record EncryptedFolder(String path, String host, FolderKey key) implements ManifestMount {}
}
