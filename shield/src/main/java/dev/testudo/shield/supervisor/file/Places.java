package dev.testudo.shield.supervisor.file;

import static dev.testudo.linux.sys.Errno.ENOENT;

import dev.testudo.linux.sys.Errno;
import dev.testudo.linux.sys.FileStatus;
import dev.testudo.linux.sys.Files;
import dev.testudo.linux.sys.PathLook;
import dev.testudo.linux.sys.PathLook.Entry;
import dev.testudo.shield.Shown;
import dev.testudo.shield.ShownFile;
import dev.testudo.shield.ShownFolder;
import dev.testudo.shield.ShownLink;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/// Finds the places of injected files before the program starts.
final class Places {
  private static final int MOST_LINKS = 40;

  /// The offset of `st_size` in `struct stat`, on every architecture.
  private static final int SIZE_IN_STAT = 48;

  private static final List<String> OF_THE_KERNEL = List.of("/proc", "/sys");

  private final PathLook look = new PathLook();

  /// The places of folders that were found already.
  private final Map<String, Place> folders = new HashMap<>();

  private final String root;

  Places(String root) {
    this.root = root;
  }

  /// Where a file goes.
  ///
  /// @param path its path without links, one character per byte
  /// @param exists whether an empty file is there
  record Place(String path, boolean exists) {}

  /// Finds the place of something to show. Follows the links of the file system on the way to its
  /// path, and at its end.
  ///
  /// @throws IOException if the place is taken
  Place of(Shown shown) throws IOException {
    var path = shown.path();
    var folder = path.substring(0, path.lastIndexOf('/'));
    var above = folders.get(folder);
    if (above == null) {
      above = follow(path, folder);
      folders.put(folder, above);
    }
    var name = path.substring(path.lastIndexOf('/') + 1);
    var place =
        above.exists
            ? follow(path, InjectedTree.textOf(above.path) + "/" + name)
            : new Place(above.path + "/" + InjectedTree.bytesOf(name), false);
    check(shown, place.path, place.exists);
    return place;
  }

  /// @param path what messages call it
  private Place follow(String path, String from) throws IOException {
    Deque<String> rest = new ArrayDeque<>(names(InjectedTree.bytesOf(from)));
    var here = "";
    boolean exists = true;
    int links = 0;
    while (!rest.isEmpty()) {
      var name = rest.pop();
      if (name.equals("..")) {
        here = above(here);
        continue;
      }
      var next = here + "/" + name;
      var entry = exists ? look.at(root + next) : new Entry.Absent(ENOENT);
      switch (entry) {
        case Entry.Link(var to) -> {
          if (++links > MOST_LINKS) {
            throw cannot(path, "there are too many symbolic links on its path", "remove them");
          }
          names(to).reversed().forEach(rest::push);
          here = to.startsWith("/") ? "" : here;
        }
        case Entry.Other _ -> here = next;
        case Entry.Absent(var errno) -> {
          exists = exists && absent(path, next, errno);
          here = next;
        }
      }
    }
    return new Place(here, exists);
  }

  private static boolean absent(String path, String place, int errno) throws IOException {
    if (errno != ENOENT) {
      throw cannot(
          path,
          "`%s` cannot be looked at (%s)".formatted(InjectedTree.textOf(place), Errno.name(errno)),
          "inject the file into a folder that this user can search");
    }
    return false;
  }

  private void check(Shown shown, String place, boolean exists) throws IOException {
    var path = shown.path();
    if (OF_THE_KERNEL.stream().anyMatch(top -> (place + "/").startsWith(top + "/"))) {
      throw cannot(path, "it belongs to the kernel", "inject the file elsewhere");
    }
    if (exists && !mayHold(shown, place)) {
      throw cannot(
          path,
          "the file system has something at `%s` already".formatted(InjectedTree.textOf(place)),
          "remove it from the image or the volume, or leave an empty file there");
    }
  }

  private boolean mayHold(Shown shown, String place) throws IOException {
    return switch (shown) {
      case ShownFile _ -> isEmptyFile(place);
      case ShownFolder _ -> isFolder(place);
      case ShownLink _ -> false;
    };
  }

  private boolean isFolder(String place) throws IOException {
    try (var fd = Files.open(root + InjectedTree.textOf(place), Files.O_PATH | Files.O_NOFOLLOW)) {
      return (Files.mode(fd) & Files.S_IFMT) == Files.S_IFDIR;
    }
  }

  private boolean isEmptyFile(String place) throws IOException {
    var file = root + InjectedTree.textOf(place);
    try (var fd = Files.open(file, Files.O_PATH | Files.O_NOFOLLOW)) {
      var size = ByteBuffer.wrap(FileStatus.stat(fd)).order(ByteOrder.nativeOrder());
      return (Files.mode(fd) & Files.S_IFMT) == Files.S_IFREG && size.getLong(SIZE_IN_STAT) == 0;
    }
  }

  /// Returns whether something is at `path`, which contains no links.
  boolean exists(String path) {
    return !(look.at(root + path) instanceof Entry.Absent);
  }

  static List<String> names(String path) {
    return List.of(path.split("/")).stream().filter(n -> !n.isEmpty() && !n.equals(".")).toList();
  }

  /// Returns the path of the folder that contains `path`. The root contains itself.
  static String above(String path) {
    return path.substring(0, Math.max(path.lastIndexOf('/'), 0));
  }

  private static IOException cannot(String path, String reason, String remedy) {
    return new IOException("cannot inject %s: %s; %s".formatted(path, reason, remedy));
  }
}
