package dev.testudo.image.layer;

import dev.testudo.image.oci.ImageException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Optional;

/// The files of an image: its layers merged, as a container sees them. Immutable.
public final class ImageTree {
  private static final int MAX_LINKS = 40;

  private final TreeNode root;

  private ImageTree(TreeNode root) {
    this.root = root;
  }

  /// Merges layers, the lowest first.
  ///
  /// @throws ImageException if an entry leads out of the image, is below a file, links to nothing,
  ///     or there are too many
  public static ImageTree of(List<LayerIndex> layers) throws ImageException {
    return of(layers, List.of());
  }

  /// Merges layers, the lowest first, and the entries of one that is not written yet.
  ///
  /// @param above the entries of the layer above all others
  /// @throws ImageException if an entry leads out of the image, is below a file, links to nothing,
  ///     or there are too many
  public static ImageTree of(List<LayerIndex> layers, List<LayerEntry> above)
      throws ImageException {
    var merge = new LayerMerge();
    for (var layer : layers) {
      merge.apply(layer);
    }
    merge.apply(above);
    return new ImageTree(merge.root());
  }

  /// A path and what is there.
  ///
  /// @param path absolute, without `.`, `..` and links in its directory
  public record Located(String path, TreeFile file) {}

  /// Returns everything but the root, sorted by the bytes of each name; directories before what
  /// they contain.
  public List<Located> files() {
    var files = new ArrayList<Located>();
    collect(root, "/", files);
    return files;
  }

  private static void collect(TreeNode node, String path, List<Located> files) {
    for (var name : node.names()) {
      var child = node.children().get(name);
      if (child != null) {
        var childPath = LayerPath.child(path, name);
        files.add(new Located(childPath, child.file()));
        collect(child, childPath, files);
      }
    }
  }

  /// Returns the root directory.
  public TreeFile root() {
    return root.file();
  }

  /// Finds a file as a program in the image would: links are followed, absolute ones from the root
  /// of the image, and `..` in the root is the root.
  ///
  /// @param path an absolute path
  public Optional<Located> find(String path) {
    return find(path, true);
  }

  /// Finds a file, without following a link that is itself at the end of the path.
  ///
  /// @param path an absolute path
  public Optional<Located> findLink(String path) {
    return find(path, false);
  }

  /// Returns the names in a directory, sorted by their bytes; empty if there is no directory.
  public List<String> names(String path) {
    return walk(path, true).map(place -> place.getLast().node().names()).orElse(List.of());
  }

  private Optional<Located> find(String path, boolean last) {
    return walk(path, last)
        .map(
            steps ->
                new Located(
                    steps.size() == 1
                        ? "/"
                        : "/" + String.join("/", steps.stream().skip(1).map(Step::name).toList()),
                    steps.getLast().node().file()));
  }

  private record Step(String name, TreeNode node) {}

  /// Returns the way from the root to a place.
  private Optional<List<Step>> walk(String path, boolean last) {
    List<Step> steps = new ArrayList<>(List.of(new Step("", root)));
    Deque<String> rest = new ArrayDeque<>(List.of(path.split("/")));
    var links = 0;
    while (!rest.isEmpty()) {
      var name = rest.pop();
      if (name.isEmpty() || name.equals(".")) {
        continue;
      }
      if (name.equals("..")) {
        if (steps.size() > 1) {
          steps.removeLast();
        }
        continue;
      }
      var child = steps.getLast().node().children().get(name);
      if (child == null) {
        return Optional.empty();
      }
      var follow = last || !rest.isEmpty();
      if (follow && child.file().node() instanceof LayerNode.SymbolicLink(var target)) {
        if (++links > MAX_LINKS) {
          return Optional.empty();
        }
        if (target.startsWith("/")) {
          steps.subList(1, steps.size()).clear();
        }
        List.of(target.split("/")).reversed().forEach(rest::push);
      } else {
        steps.add(new Step(name, child));
      }
    }
    return Optional.of(steps);
  }
}
