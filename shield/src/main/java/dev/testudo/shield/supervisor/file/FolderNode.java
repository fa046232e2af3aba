package dev.testudo.shield.supervisor.file;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;

/// A folder on the way to an injected file, or an injected folder.
final class FolderNode implements Node {
  private static final int MODE_OF_MISSING = 0755;

  private final String path;
  private final boolean exists;
  private final Optional<FolderNode> above;
  private final List<Node> children = new ArrayList<>();
  private final List<Node> absent = new ArrayList<>();
  private int mode = MODE_OF_MISSING;

  /// @param above the folder that contains it; empty for the root
  FolderNode(String path, boolean exists, Optional<FolderNode> above) {
    this.path = path;
    this.above = above;
    this.exists = exists;
  }

  @Override
  public String path() {
    return path;
  }

  @Override
  public boolean exists() {
    return exists;
  }

  Optional<FolderNode> above() {
    return above;
  }

  void add(Node child) {
    children.add(child);
    if (!child.exists()) {
      absent.add(child);
    }
  }

  /// Sets the permission bits, which count if the folder does not exist.
  void mode(int permissions) {
    mode = permissions;
  }

  int mode() {
    return mode;
  }

  /// Returns what is injected in this folder, and the folders on the way to injected files.
  List<Node> children() {
    return Collections.unmodifiableList(children);
  }

  /// Returns those of the children that the file system does not have.
  List<Node> absent() {
    return Collections.unmodifiableList(absent);
  }
}
