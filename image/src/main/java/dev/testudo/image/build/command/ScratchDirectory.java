package dev.testudo.image.build.command;

import java.util.stream.Stream;

/// A directory whose content lives as long as the build and is never part of the layer.
enum ScratchDirectory {
  TMP("/tmp", 01777),
  RUN("/run", 0755),
  /// Where pip, npm and others keep what they have downloaded.
  CACHE("/root/.cache", 0755);

  private final String path;
  private final int mode;

  ScratchDirectory(String path, int mode) {
    this.path = path;
    this.mode = mode;
  }

  /// Returns where it is in the root.
  String path() {
    return path;
  }

  /// Returns whether a path is in one of the directories.
  static boolean contains(String path) {
    return Stream.of(values()).anyMatch(one -> path.startsWith(one.path + "/"));
  }

  int mode() {
    return mode;
  }
}
