package dev.testudo.cli.volume;

import dev.testudo.trust.secret.Secret;
import dev.testudo.volume.VolumeException;
import dev.testudo.volume.VolumeTag;
import dev.testudo.volume.format.VolumeHeader;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.LongConsumer;

/// A volume of either form that is open for reading. Nobody may write it meanwhile. Names are text
/// as `RawText` has it.
public sealed interface VolumeContent extends AutoCloseable permits WritableContent, SealedContent {
  /// A name in a directory.
  record Name(String text, long number) {}

  /// The names in a directory.
  ///
  /// @param damage why there may be more names, which cannot be read
  record Names(List<Name> names, Optional<String> damage) {
    /// Copies the list.
    public Names {
      names = List.copyOf(names);
    }
  }

  /// Something that is not what was written.
  ///
  /// @param path its path from the root, if a name of it is known
  record Damage(Optional<String> path, String reason) {}

  /// What a check has found.
  ///
  /// @param files how many files, directories and others are intact
  /// @param bytes how many bytes of content are intact
  /// @param more whether there is more damage than is listed
  record Checked(long files, long bytes, List<Damage> damages, boolean more) {
    /// Copies the list.
    public Checked {
      damages = List.copyOf(damages);
    }

    /// Returns whether everything is what was written.
    public boolean isIntact() {
      return damages.isEmpty() && !more;
    }
  }

  /// Opens a volume.
  ///
  /// @param key 32 bytes; the caller wipes it
  /// @param tag the state that a sealed volume must have, and that one that is written must have or
  ///     continue; empty if any is accepted
  /// @throws VolumeException if the volume is not what `key` and `tag` describe
  static VolumeContent open(Path directory, Secret key, Optional<VolumeTag> tag)
      throws IOException {
    return form(directory, key) == VolumeHeader.Form.SEALED
        ? SealedContent.open(directory, key, tag)
        : WritableContent.open(directory, key, tag);
  }

  /// A directory without a header is one that was written: only this form tells a volume that is
  /// gone from one that never was.
  private static VolumeHeader.Form form(Path directory, Secret key) throws IOException {
    try (var in = Files.newInputStream(directory.resolve(VolumeHeader.FILE))) {
      return VolumeHeader.read(in.readNBytes(VolumeHeader.BYTES + 1), key).form();
    } catch (NoSuchFileException _) {
      return VolumeHeader.Form.WRITABLE;
    }
  }

  /// Returns the tag of the state.
  VolumeTag tag();

  /// Returns the number of the state's record, if the form has one.
  OptionalLong sequence();

  /// Returns the number of the root directory.
  long root();

  /// Returns what has a number.
  ///
  /// @throws VolumeException if it is damaged
  VolumeNode node(long number) throws IOException;

  /// Returns the number of a name in a directory.
  Optional<Long> find(VolumeNode directory, String name) throws IOException;

  /// Returns the names in a directory, without `.` and `..`.
  Names names(VolumeNode directory) throws IOException;

  /// Returns the target of a symbolic link.
  String target(VolumeNode link) throws IOException;

  /// Opens the content of a file. The stream returns verified bytes or throws [VolumeException].
  InputStream open(VolumeNode file) throws IOException;

  /// Returns the extended attributes of something: hexadecimal digits by full name.
  Map<String, String> attributes(VolumeNode node) throws IOException;

  /// Reads and verifies everything.
  ///
  /// @param progress is told how many bytes were verified
  Checked check(LongConsumer progress) throws IOException;

  @Override
  void close() throws IOException;
}
