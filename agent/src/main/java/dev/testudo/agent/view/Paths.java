package dev.testudo.agent.view;

/// Operations on absolute paths as strings, without links, `.` and `..`.
final class Paths {
  private Paths() {}

  /// Returns whether `path` is `folder` or below it.
  static boolean contains(String folder, String path) {
    return folder.equals("/") || path.equals(folder) || path.startsWith(folder + "/");
  }

  /// Returns whether `path` is below `folder`.
  static boolean isBelow(String folder, String path) {
    return contains(folder, path) && !path.equals(folder);
  }

  static String join(String directory, String name) {
    return directory.equals("/") ? "/" + name : directory + "/" + name;
  }

  static String parent(String path) {
    var slash = path.lastIndexOf('/');
    return slash <= 0 ? "/" : path.substring(0, slash);
  }
}
