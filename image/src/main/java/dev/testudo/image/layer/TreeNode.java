package dev.testudo.image.layer;

import dev.testudo.image.tar.RawText;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/// A place in an [ImageTree]; only directories have children.
final class TreeNode {
  /// Sorts names by their bytes.
  static final Comparator<String> BY_BYTES =
      (a, b) -> Arrays.compareUnsigned(RawText.encode(a), RawText.encode(b));

  private TreeFile file;
  private final Map<String, TreeNode> children = new HashMap<>(0);

  TreeNode(TreeFile file) {
    this.file = file;
  }

  TreeFile file() {
    return file;
  }

  void replace(TreeFile changed) {
    file = changed;
  }

  Map<String, TreeNode> children() {
    return children;
  }

  List<String> names() {
    return children.keySet().stream().sorted(BY_BYTES).toList();
  }

  /// Returns how many places there are here and below.
  int size() {
    return 1 + children.values().stream().mapToInt(TreeNode::size).sum();
  }
}
