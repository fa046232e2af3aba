package dev.testudo.shield.supervisor.file;

import static dev.testudo.linux.sys.Errno.ENOENT;

import dev.testudo.linux.sys.Errno;
import dev.testudo.linux.sys.FileStatus;
import dev.testudo.linux.sys.Files;
import dev.testudo.linux.sys.PathLook;
import dev.testudo.linux.sys.PathLook.Entry;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;

/// Finds the places of injected files before the program starts.
final class Places {
  private static final int MOST_LINKS = 40;

  /// The offset of `st_size` in `struct stat`, on every architecture.
  private static final int SIZE_IN_STAT = 48;

  private static final List<String> OF_THE_KERNEL = List.of("/proc", "/sys");

  private final PathLook look = new PathLook();
  private final String root;

  Places(String root) {
    this.root = root;
  }

  /// Where a file goes.
  ///
  /// @param path its path without links, one character per byte
  /// @param exists whether an empty file is there
  record Place(String path, boolean exists) {}

  /// Follows the links on the way to `path`, and at its end.
  Place of(String path) throws IOException {
    Deque<String> rest = new ArrayDeque<>(names(InjectedTree.bytesOf(path)));
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
    check(path, here, exists);
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

  private void check(String path, String place, boolean exists) throws IOException {
    if (OF_THE_KERNEL.stream().anyMatch(top -> (place + "/").startsWith(top + "/"))) {
      throw cannot(path, "it belongs to the kernel", "inject the file elsewhere");
    }
    if (exists && !isEmptyFile(place)) {
      throw cannot(
          path,
          "the file system has something at `%s` already".formatted(InjectedTree.textOf(place)),
          "remove it from the image or the volume, or leave an empty file there");
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
