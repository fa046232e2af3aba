package dev.testudo.volume.store;

import java.io.IOException;
import java.util.List;

/// Where the files of a volume are: a directory. Everything that the store does to a disk goes
/// through this interface. Nothing of it is trusted.
///
/// Methods may be called by any thread. Nothing is durable before [BackingFile#sync], and no name
/// before [#syncNames].
public interface Backing extends AutoCloseable {
  /// Returns the names of all files.
  List<String> names() throws IOException;

  /// Creates an empty file, which must not exist.
  BackingFile create(String name) throws IOException;

  /// Opens a file for reading and for [BackingFile#punch].
  ///
  /// @throws java.nio.file.NoSuchFileException if there is none
  /// @throws dev.testudo.volume.VolumeException if it is no regular file
  BackingFile open(String name) throws IOException;

  /// Removes a file, if it exists.
  void delete(String name) throws IOException;

  /// Gives a file another name. If another file has that name, it is replaced: whatever happens,
  /// the name has one of both.
  void rename(String from, String to) throws IOException;

  /// Makes created, removed and changed names durable.
  void syncNames() throws IOException;

  /// Returns how many bytes can still be allocated.
  long free() throws IOException;

  /// Returns how many bytes there are at all.
  long total() throws IOException;

  @Override
  void close() throws IOException;
}
