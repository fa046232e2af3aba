package dev.testudo.volume;

import java.io.IOException;
import java.io.InputStream;

/// A file, directory or symbolic link of a volume.
public sealed interface VolumeEntry {
  /// Returns the path from the root of the volume: absolute, with `/` between names, without empty
  /// names, `.` and `..`; `/` for the root itself.
  String path();

  /// A directory.
  ///
  /// @param mode permission bits, with set-id and sticky bits, at most `07777`
  record Directory(String path, int mode) implements VolumeEntry {}

  /// A symbolic link.
  ///
  /// @param target what it names, as written; at most [VolumeLimits#LONGEST_TARGET] bytes
  record Link(String path, String target) implements VolumeEntry {}

  /// A regular file.
  ///
  /// @param mode permission bits, with set-id and sticky bits, at most `07777`
  /// @param size the number of bytes
  record RegularFile(String path, int mode, long size, Content content) implements VolumeEntry {}

  /// The content of a file.
  interface Content {
    /// Opens the content at its beginning. Each call returns the same bytes. A stream of a
    /// `ReadOnlyVolume` returns verified bytes, or throws [VolumeException].
    InputStream open() throws IOException;
  }
}
