package dev.testudo.volume.sealed;

import dev.testudo.linux.sys.RegularFiles;
import dev.testudo.trust.secret.Secret;
import dev.testudo.volume.VolumeException;
import dev.testudo.volume.VolumeTag;
import dev.testudo.volume.format.Derived;
import dev.testudo.volume.format.FileHead;
import dev.testudo.volume.format.Suite;
import dev.testudo.volume.format.VolumeHeader;
import java.io.IOException;
import java.nio.channels.Channels;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;

/// Finds the header and the journal of a volume in its directory, and reads them.
final class VolumeFiles {
  private static final Pattern JOURNAL = Pattern.compile("[0-9a-f]{32}\\.j[0-9]{1,9}");

  /// How many names a directory may have.
  private static final int MOST_NAMES = 10_000;

  /// What messages say of a directory, link, FIFO, socket or device where a file must be.
  static final String NO_FILE = "it is no regular file";

  /// The suites of volumes that are written whole.
  private static final Set<Suite> SUITES = Set.of(Suite.AES_256_GCM, Suite.HASHES);

  private VolumeFiles() {}

  /// The verified state of a volume.
  ///
  /// @param tag its tag
  /// @param source where it was read from
  record State(Checkpoint checkpoint, VolumeTag tag, SealedState source) {}

  /// Reads the state of the volume in `directory`.
  static State read(Path directory, Secret key) throws IOException {
    var header = VolumeHeader.read(header(directory), key);
    if (header.form() != VolumeHeader.Form.SEALED || !SUITES.contains(header.suite())) {
      throw VolumeException.unsupported(
          "the volume is none that is only read: it is of another form, or has another suite");
    }
    var journal = journal(directory, header);
    var file = content(directory.resolve(journal.name()), JournalRecord.LONGEST_JOURNAL);
    if (!FileHead.read(FileHead.Type.JOURNAL, head(file))
        .map(FileHead::name)
        .equals(Optional.of(journal.name()))) {
      throw VolumeException.damaged(journal.name(), "its head has changed");
    }
    var record = JournalRecord.read(file, journal, header.suite(), key);
    var source =
        new SealedState(journal.name(), HexFormat.of().formatHex(Derived.sha256().digest(file)));
    return new State(Checkpoint.read(record.body(), header, journal), record.tag(), source);
  }

  private static byte[] header(Path directory) throws IOException {
    try {
      return content(directory.resolve(VolumeHeader.FILE), VolumeHeader.BYTES);
    } catch (NoSuchFileException _) {
      throw VolumeException.missing(
          "there is no volume: `%s` has no file `%s`".formatted(directory, VolumeHeader.FILE));
    }
  }

  /// Returns at most `limit` bytes of a file and one more, which tells that it is longer.
  private static byte[] content(Path file, int limit) throws IOException {
    try (var channel = RegularFiles.read(file);
        var in = Channels.newInputStream(channel)) {
      return in.readNBytes(limit + 1);
    } catch (RegularFiles.NotRegularException _) {
      throw VolumeException.damaged(String.valueOf(file.getFileName()), NO_FILE);
    }
  }

  private static byte[] head(byte[] file) {
    return Arrays.copyOf(file, FileHead.BYTES);
  }

  /// Returns the head of the only journal of the volume. Files of other volumes may lie beside it.
  private static FileHead journal(Path directory, VolumeHeader header) throws IOException {
    var journals = new ArrayList<FileHead>();
    for (var name : names(directory)) {
      if (JOURNAL.matcher(name).matches()) {
        FileHead.read(FileHead.Type.JOURNAL, head(content(directory.resolve(name), FileHead.BYTES)))
            .filter(head -> head.name().equals(name) && Arrays.equals(head.volume(), header.id()))
            .ifPresent(journals::add);
      }
    }
    if (journals.size() != 1) {
      throw VolumeException.damaged(
          "journal",
          "there are %d journals of this volume instead of 1".formatted(journals.size()));
    }
    return journals.getFirst();
  }

  private static List<String> names(Path directory) throws IOException {
    try (var files = Files.newDirectoryStream(directory)) {
      var names = new ArrayList<String>();
      for (var file : files) {
        names.add(String.valueOf(file.getFileName()));
        if (names.size() > MOST_NAMES) {
          throw VolumeException.damaged(
              "directory", "it has more than %d files".formatted(MOST_NAMES));
        }
      }
      return names;
    }
  }
}
