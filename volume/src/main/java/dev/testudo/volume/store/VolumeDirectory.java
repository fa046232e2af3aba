package dev.testudo.volume.store;

import dev.testudo.trust.secret.Secret;
import dev.testudo.volume.VolumeException;
import dev.testudo.volume.VolumeException.Kind;
import dev.testudo.volume.format.VolumeHeader;
import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;

/// What is in the directory of a volume: its header and the names of its files.
final class VolumeDirectory {
  private static final Pattern JOURNAL = Pattern.compile("[0-9a-f]{32}\\.j[0-9]{1,9}");
  private static final Pattern SEGMENT = Pattern.compile("[0-9a-f]{32}\\.s[0-9]{1,9}");

  /// What may be in an empty directory.
  private static final Set<String> OTHERS = Set.of(DirectoryBacking.LOCK, "lost+found");

  /// How many journals a volume may have.
  private static final int MOST_JOURNALS = 1024;

  private final Backing backing;
  private final List<String> names;

  private VolumeDirectory(Backing backing, List<String> names) {
    this.backing = backing;
    this.names = names;
  }

  static VolumeDirectory read(Backing backing) throws IOException {
    var names = new ArrayList<>(backing.names());
    names.removeAll(OTHERS);
    return new VolumeDirectory(backing, names);
  }

  /// Returns whether there is nothing.
  boolean isEmpty() {
    return names.isEmpty();
  }

  List<String> names() {
    return names;
  }

  List<String> journals() throws VolumeException {
    var journals = names.stream().filter(name -> JOURNAL.matcher(name).matches()).sorted().toList();
    if (journals.size() > MOST_JOURNALS) {
      throw VolumeException.damaged(
          "directory", "it has more than %d journals".formatted(MOST_JOURNALS));
    }
    return journals;
  }

  /// Returns the names of files of volumes.
  List<String> files() {
    return names.stream()
        .filter(name -> JOURNAL.matcher(name).matches() || SEGMENT.matcher(name).matches())
        .sorted()
        .toList();
  }

  /// Returns whether everything here can be what is left of the creation of a volume.
  boolean isBeginning() {
    return names.stream()
        .allMatch(name -> name.equals(VolumeHeader.FILE) || files().contains(name));
  }

  /// Reads the header of a volume that is there.
  VolumeHeader header(Secret key) throws IOException {
    byte[] bytes;
    try (var file = backing.open(VolumeHeader.FILE)) {
      bytes = new byte[(int) Math.min(file.size(), VolumeHeader.BYTES + 1)];
      file.read(0, bytes, 0, bytes.length);
    } catch (NoSuchFileException _) {
      throw VolumeException.refused(
          files().isEmpty() ? Kind.MISSING : Kind.DAMAGED,
          "the directory has no file `%s`, which every volume has".formatted(VolumeHeader.FILE));
    }
    var header = VolumeHeader.read(bytes, key);
    if (header.form() != VolumeHeader.Form.WRITABLE) {
      throw VolumeException.unsupported("the volume was written whole and can only be read");
    }
    return header;
  }

  /// Reads all journals of the volume. The caller closes them.
  List<ScannedJournal> scan(VolumeHeader header, Secret key) throws IOException {
    var scanned = new ArrayList<ScannedJournal>();
    try {
      for (var name : journals()) {
        ScannedJournal.scan(backing, name, header, key).ifPresent(scanned::add);
      }
      return scanned;
    } catch (IOException e) {
      close(scanned);
      throw e;
    }
  }

  static void close(List<ScannedJournal> journals) throws IOException {
    for (var journal : journals) {
      journal.close();
    }
  }
}
