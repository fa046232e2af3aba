package dev.testudo.volume.sealed;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.testudo.volume.VolumeEntry;
import dev.testudo.volume.VolumeLimits;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.NavigableMap;
import java.util.TreeMap;

/// The entries of a volume that is to be written, in the order of the bytes of their paths, with
/// all directories on the way to them. The root comes first.
final class EntryTree {
  private static final String ROOT = "/";
  private static final int MODE_OF_MISSING = 0755;
  private static final int PERMISSIONS = 07777;

  private final NavigableMap<String, VolumeEntry> entries =
      new TreeMap<>((a, b) -> Arrays.compareUnsigned(a.getBytes(UTF_8), b.getBytes(UTF_8)));

  private long bytes;

  /// @throws IllegalArgumentException if an entry is not possible; the message says which and why
  static EntryTree of(Collection<VolumeEntry> entries) {
    var tree = new EntryTree();
    for (var entry : entries) {
      tree.check(entry);
      if (tree.entries.put(entry.path(), entry) != null) {
        throw refusal(entry.path(), "there are two entries with this path");
      }
    }
    for (var entry : entries) {
      tree.addDirectoriesAbove(entry.path());
    }
    tree.entries.putIfAbsent(ROOT, new VolumeEntry.Directory(ROOT, MODE_OF_MISSING));
    if (tree.entries.size() > VolumeLimits.MOST_ENTRIES) {
      throw new IllegalArgumentException(
          "a volume has at most %d entries, and these are %d"
              .formatted(VolumeLimits.MOST_ENTRIES, tree.entries.size()));
    }
    return tree;
  }

  /// Returns the entries. The number of an entry's inode is its position, beginning at 1.
  List<VolumeEntry> entries() {
    return List.copyOf(entries.values());
  }

  /// Returns how many bytes all files have together.
  long bytes() {
    return bytes;
  }

  private void check(VolumeEntry entry) {
    checkPath(entry.path());
    switch (entry) {
      case VolumeEntry.Directory(var path, var mode) -> checkMode(path, mode);
      case VolumeEntry.Link(var path, var target) -> checkTarget(path, target);
      case VolumeEntry.RegularFile(var path, var mode, var size, _) -> {
        checkMode(path, mode);
        if (size < 0 || size > VolumeLimits.LARGEST_FILE) {
          throw refusal(path, "a file has at most %d bytes".formatted(VolumeLimits.LARGEST_FILE));
        }
        bytes += size;
        if (bytes > VolumeLimits.MOST_BYTES) {
          throw refusal(path, "all have more than %d bytes".formatted(VolumeLimits.MOST_BYTES));
        }
      }
    }
    if (entry.path().equals(ROOT) && !(entry instanceof VolumeEntry.Directory)) {
      throw refusal(ROOT, "the root is a directory");
    }
  }

  private static void checkPath(String path) {
    if (path.equals(ROOT)) {
      return;
    }
    var names = List.of(path.substring(Math.min(1, path.length())).split("/", -1));
    if (!path.startsWith(ROOT) || !names.stream().allMatch(EntryTree::isName)) {
      throw refusal(path, "it is not a normalised, absolute path");
    }
    if (length(path) > VolumeLimits.LONGEST_PATH || names.size() > VolumeLimits.DEEPEST) {
      throw refusal(path, "its path is too long or too deep");
    }
  }

  /// Returns whether an entry of a directory can have this name.
  static boolean isName(String name) {
    return !name.isEmpty()
        && !name.equals(".")
        && !name.equals("..")
        && name.indexOf('/') < 0
        && name.indexOf('\0') < 0
        && length(name) <= VolumeLimits.LONGEST_NAME;
  }

  private static void checkMode(String path, int mode) {
    if ((mode & ~PERMISSIONS) != 0) {
      throw refusal(path, "its mode has more than permission bits");
    }
  }

  private static void checkTarget(String path, String target) {
    if (!isTarget(target)) {
      throw refusal(
          path, "the target of a link has 1 to %d bytes".formatted(VolumeLimits.LONGEST_TARGET));
    }
  }

  /// Returns whether this can be the target of a link.
  static boolean isTarget(String target) {
    return !target.isEmpty()
        && target.indexOf('\0') < 0
        && length(target) <= VolumeLimits.LONGEST_TARGET;
  }

  /// Returns the number of bytes of a text, or too many if it contains half of a character.
  private static int length(String text) {
    try {
      return UTF_8.newEncoder().encode(java.nio.CharBuffer.wrap(text)).remaining();
    } catch (CharacterCodingException _) {
      return Integer.MAX_VALUE;
    }
  }

  /// Returns the text of bytes that an author wrote.
  static String text(byte[] bytes) throws CharacterCodingException {
    return UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString();
  }

  private void addDirectoriesAbove(String path) {
    for (var above = above(path); !above.equals(ROOT); above = above(above)) {
      var there =
          entries.computeIfAbsent(above, a -> new VolumeEntry.Directory(a, MODE_OF_MISSING));
      if (!(there instanceof VolumeEntry.Directory)) {
        throw refusal(path, "`%s` is no directory".formatted(above));
      }
    }
  }

  /// Returns the path of the directory that contains `path`.
  static String above(String path) {
    return path.substring(0, Math.max(1, path.lastIndexOf('/')));
  }

  private static IllegalArgumentException refusal(String path, String reason) {
    return new IllegalArgumentException("`%s` cannot be in a volume: %s".formatted(path, reason));
  }
}
