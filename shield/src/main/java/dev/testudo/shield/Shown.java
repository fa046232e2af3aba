package dev.testudo.shield;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.util.List;

/// Something that the program sees at a path where nothing is mounted. See docs/injected-files.md.
public sealed interface Shown permits ShownFile, ShownFolder, ShownLink {
  /// Returns the path: absolute, without `.`, `..` and empty components.
  String path();

  /// Rejects paths that do not name a file.
  static void checkPath(String path) {
    int longest = 4095; // PATH_MAX without the NUL
    var names = List.of(path.substring(Math.min(path.length(), 1)).split("/", -1));
    boolean named = names.stream().noneMatch(n -> n.isEmpty() || n.equals(".") || n.equals(".."));
    if (!path.startsWith("/") || !named || path.indexOf('\0') >= 0) {
      throw new IllegalArgumentException("not the absolute path of a file: `" + path + "`");
    }
    if (path.getBytes(UTF_8).length > longest) {
      throw new IllegalArgumentException("a path is longer than " + longest + " bytes");
    }
  }

  /// Rejects modes with more than permission bits.
  static void checkMode(int mode) {
    if ((mode & ~07777) != 0) {
      throw new IllegalArgumentException("not permission bits: 0" + Integer.toOctalString(mode));
    }
  }
}
