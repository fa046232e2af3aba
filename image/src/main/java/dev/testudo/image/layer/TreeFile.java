package dev.testudo.image.layer;

import dev.testudo.image.tar.FileAttributes;

/// A file, directory, link or device in the tree of an image. Two paths with equal values are hard
/// links of one file.
///
/// @param node what it is; neither a hard link nor a whiteout
/// @param attributes mode, owner, time and extended attributes
/// @param layer the number of the layer that it comes from, from 0; -1 for a directory that only
///     the paths of other files imply
/// @param entry the number of its entry in that layer, from 0
public record TreeFile(LayerNode node, FileAttributes attributes, int layer, int entry) {
  /// The directories that no entry describes: those of unpackers.
  private static final FileAttributes IMPLIED = FileAttributes.of(0755);

  static TreeFile implied() {
    return new TreeFile(new LayerNode.Directory(), IMPLIED, -1, -1);
  }

  /// Returns whether this is a directory.
  public boolean isDirectory() {
    return node instanceof LayerNode.Directory;
  }
}
