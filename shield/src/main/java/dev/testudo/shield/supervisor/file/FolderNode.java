package dev.testudo.shield.supervisor.file;

import dev.testudo.linux.sys.Fd;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// A folder on the way to an injected file.
final class FolderNode implements Node {
  private final String path;
  private final boolean exists;
  private final List<Node> children = new ArrayList<>();
  private Optional<Fd> standIn = Optional.empty();

  FolderNode(String path, boolean exists) {
    this.path = path;
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

  void add(Node child) {
    children.add(child);
  }

  /// Returns the injected files and the folders on the way to injected files, in this folder.
  List<Node> children() {
    return List.copyOf(children);
  }

  /// Returns those of the children that the file system does not have.
  List<Node> absent() {
    return children.stream().filter(child -> !child.exists()).toList();
  }

  /// Sets the directory that the program gets when it opens this folder.
  void standIn(Fd directory) {
    standIn = Optional.of(directory);
  }

  /// Returns the directory that the program gets. Only a folder that does not exist has one.
  Fd standIn() {
    return standIn.orElseThrow();
  }
}
