package dev.testudo.image.layer;

import dev.testudo.image.layer.LayerNode.HardLink;
import dev.testudo.image.layer.LayerNode.OpaqueWhiteout;
import dev.testudo.image.layer.LayerNode.SymbolicLink;
import dev.testudo.image.layer.LayerNode.Whiteout;
import dev.testudo.image.oci.ImageException;
import dev.testudo.image.oci.ImageFault;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Deque;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/// Applies layers to a tree, the lowest first, as unpackers do: entries in order, later ones
/// replace earlier ones, links in the directory of a path are followed within the root.
final class LayerMerge {
  /// The most files, directories and links of an image.
  private static final int MAX_FILES = 1_000_000;

  /// As in the kernel.
  private static final int MAX_LINKS = 40;

  private final TreeNode root = new TreeNode(TreeFile.implied());
  private int layer = -1;
  private int files = 1;

  /// Where lower layers have nothing left, so that repeated whiteouts cost nothing.
  private final Set<TreeNode> cleared = Collections.newSetFromMap(new IdentityHashMap<>());

  TreeNode root() {
    return root;
  }

  void apply(LayerIndex index) throws ImageException {
    try {
      apply(index.entries());
    } catch (ImageException e) {
      throw new ImageException(
          e.fault(), "the layer %s: %s".formatted(index.blob(), e.getMessage()), e);
    }
  }

  /// Applies the entries of one layer.
  void apply(List<LayerEntry> entries) throws ImageException {
    layer++;
    cleared.clear();
    var number = 0;
    for (var entry : entries) {
      apply(entry, number++);
    }
  }

  private void apply(LayerEntry entry, int number) throws ImageException {
    switch (entry.node()) {
      case Whiteout() -> whiteout(entry.path());
      case OpaqueWhiteout() -> opaque(entry.path());
      case HardLink(var target) -> put(entry.path(), linked(target, entry.path()));
      case LayerNode.RegularFile _,
          LayerNode.Directory _,
          SymbolicLink _,
          LayerNode.Device _,
          LayerNode.Fifo _ ->
          put(entry.path(), new TreeFile(entry.node(), entry.attributes(), layer, number));
    }
  }

  /// A whiteout removes what lower layers have, never what its own layer has.
  private void whiteout(String path) throws ImageException {
    var parent = directory(LayerPath.parent(path), path, false);
    var name = LayerPath.name(path);
    var node = parent.map(one -> one.children().get(name));
    if (node.isPresent() && !keepsOwn(node.get())) {
      files -= node.get().size();
      parent.get().children().remove(name);
    }
  }

  private void opaque(String path) throws ImageException {
    var node = directory(path, path, false);
    if (node.isPresent()) {
      removeLower(node.get());
    }
  }

  /// Removes what lower layers have at and below a place; returns whether anything is left.
  private boolean keepsOwn(TreeNode node) {
    removeLower(node);
    return node.file().layer() == layer || !node.children().isEmpty();
  }

  private void removeLower(TreeNode node) {
    if (!cleared.add(node)) {
      return;
    }
    var children = node.children().values().iterator();
    while (children.hasNext()) {
      var child = children.next();
      if (!keepsOwn(child)) {
        files -= child.size();
        children.remove();
      }
    }
  }

  private TreeFile linked(String target, String path) throws ImageException {
    var parent = directory(LayerPath.parent(target), path, false);
    var node = parent.map(one -> one.children().get(LayerPath.name(target)));
    if (node.isEmpty() || node.get().file().isDirectory()) {
      throw new ImageException(
          ImageFault.MALFORMED,
          "`%s` is a hard link of `%s`, which is no file"
              .formatted(LayerPath.shown(path), LayerPath.shown(target)));
    }
    return node.get().file();
  }

  private void put(String path, TreeFile file) throws ImageException {
    if (path.equals("/")) {
      if (!file.isDirectory()) {
        throw new ImageException(ImageFault.MALFORMED, "the root is not a directory");
      }
      root.replace(file);
      return;
    }
    var parent = directory(LayerPath.parent(path), path, true).orElseThrow();
    var name = LayerPath.name(path);
    var present = parent.children().get(name);
    if (present != null && present.file().isDirectory() && file.isDirectory()) {
      present.replace(file);
      return;
    }
    if (present != null) {
      files -= present.size();
    }
    parent.children().put(name, count(new TreeNode(file)));
  }

  private TreeNode count(TreeNode node) throws ImageException {
    if (++files > MAX_FILES) {
      throw new ImageException(
          ImageFault.TOO_LARGE, "the image has more than %d files".formatted(MAX_FILES));
    }
    return node;
  }

  /// Finds the directory `path`, following links within the root.
  ///
  /// @param entry the path of the entry that needs it, for messages
  /// @param create whether a missing directory is created
  private Optional<TreeNode> directory(String path, String entry, boolean create)
      throws ImageException {
    List<TreeNode> above = new ArrayList<>(List.of(root));
    Deque<String> rest = new ArrayDeque<>(LayerPath.parts(path));
    var links = 0;
    while (!rest.isEmpty()) {
      var name = rest.pop();
      if (name.isEmpty() || name.equals(".")) {
        continue;
      }
      if (name.equals("..")) {
        if (above.size() == 1) {
          throw refused(entry, "a link in its path leads out of the image");
        }
        above.removeLast();
        continue;
      }
      var child = above.getLast().children().get(name);
      if (child == null) {
        if (!create) {
          return Optional.empty();
        }
        child = count(new TreeNode(TreeFile.implied()));
        above.getLast().children().put(name, child);
      }
      if (child.file().node() instanceof SymbolicLink(var target)) {
        if (++links > MAX_LINKS) {
          throw refused(entry, "its path has more than %d links".formatted(MAX_LINKS));
        }
        if (target.startsWith("/")) {
          above.subList(1, above.size()).clear();
        }
        List.of(target.split("/")).reversed().forEach(rest::push);
      } else if (child.file().isDirectory()) {
        above.add(child);
      } else if (create) {
        throw new ImageException(
            ImageFault.MALFORMED,
            "`%s` is below a file that is not a directory".formatted(LayerPath.shown(entry)));
      } else {
        return Optional.empty();
      }
      if (above.size() > LayerPath.MAX_DEPTH || rest.size() > 16 * LayerPath.MAX_DEPTH) {
        throw refused(entry, "it is too deep");
      }
    }
    return Optional.of(above.getLast());
  }

  private static ImageException refused(String entry, String why) {
    return new ImageException(
        ImageFault.ESCAPES, "`%s` is refused: %s".formatted(LayerPath.shown(entry), why));
  }
}
