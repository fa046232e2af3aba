package dev.testudo.cli.image;

import dev.testudo.image.layer.ImageTree;
import dev.testudo.image.layer.LayerNode;
import dev.testudo.image.layer.TreeFile;
import dev.testudo.policy.source.Printable;
import dev.testudo.trust.json.JsonBuilder;
import dev.testudo.trust.json.JsonValue;
import dev.testudo.trust.json.JsonValue.JsonArray;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// What differs between two images: their configurations, and file by file. Times and the division
/// into layers do not count.
///
/// @param changes the differences: configuration first, then files by path
public record ImageDifference(List<Change> changes) {
  /// Copies the list.
  public ImageDifference {
    changes = List.copyOf(changes);
  }

  /// A difference.
  ///
  /// @param kind `added`, `removed` or `changed`
  /// @param what `configuration`, or the path of a file
  /// @param details what differs: a fact of the configuration, or parts of a file such as `mode`
  public record Change(String kind, String what, List<String> details) {
    /// Copies the list.
    public Change {
      details = List.copyOf(details);
    }

    @Override
    public String toString() {
      var end = details.isEmpty() ? "" : ": " + String.join(", ", details);
      return Printable.of(kind + " " + what + end);
    }
  }

  /// Compares two images.
  public static ImageDifference of(OpenedImage before, OpenedImage after) {
    var changes = new ArrayList<Change>();
    var old = ImageFacts.of(before.parts().config());
    var current = ImageFacts.of(after.parts().config());
    facts("removed", old, current, changes);
    facts("added", current, old, changes);
    files(byPath(before.tree()), byPath(after.tree()), changes);
    return new ImageDifference(changes);
  }

  private static void facts(
      String kind, List<ImageFacts.Fact> of, List<ImageFacts.Fact> without, List<Change> changes) {
    for (var fact : of) {
      if (!without.contains(fact) && !fact.name().equals("created")) {
        changes.add(new Change(kind, "configuration", List.of(fact.name() + " " + fact.value())));
      }
    }
  }

  private static Map<String, TreeFile> byPath(ImageTree tree) {
    var files = new LinkedHashMap<String, TreeFile>();
    tree.files().forEach(file -> files.put(file.path(), file.file()));
    return files;
  }

  private static void files(
      Map<String, TreeFile> before, Map<String, TreeFile> after, List<Change> changes) {
    before.forEach(
        (path, file) -> {
          var other = after.get(path);
          if (other == null) {
            changes.add(new Change("removed", path, List.of()));
          } else {
            var details = details(file, other);
            if (!details.isEmpty()) {
              changes.add(new Change("changed", path, details));
            }
          }
        });
    after.forEach(
        (path, _) -> {
          if (!before.containsKey(path)) {
            changes.add(new Change("added", path, List.of()));
          }
        });
  }

  private static List<String> details(TreeFile before, TreeFile after) {
    var details = new ArrayList<String>();
    if (!before.node().equals(after.node())) {
      details.add(node(before.node(), after.node()));
    }
    var old = before.attributes();
    var current = after.attributes();
    if (old.mode() != current.mode() && !(after.node() instanceof LayerNode.SymbolicLink)) {
      details.add("mode %04o, was %04o".formatted(current.mode(), old.mode()));
    }
    if (old.owner().uid() != current.owner().uid() || old.owner().gid() != current.owner().gid()) {
      details.add(
          "owner %d:%d, was %d:%d"
              .formatted(
                  current.owner().uid(),
                  current.owner().gid(),
                  old.owner().uid(),
                  old.owner().gid()));
    }
    if (!old.xattrs().equals(current.xattrs())) {
      details.add("extended attributes");
    }
    return details;
  }

  private static String node(LayerNode before, LayerNode after) {
    if (before.getClass() != after.getClass()) {
      return "kind";
    }
    return switch (after) {
      case LayerNode.RegularFile _ -> "content";
      case LayerNode.SymbolicLink(var target) -> "target `%s`".formatted(target);
      case LayerNode.Device _ -> "device number";
      case LayerNode.Directory _,
          LayerNode.Fifo _,
          LayerNode.HardLink _,
          LayerNode.Whiteout _,
          LayerNode.OpaqueWhiteout _ ->
          "kind";
    };
  }

  /// Returns the differences as an array.
  public JsonValue json() {
    var elements = new ArrayList<JsonValue>();
    for (var change : changes) {
      elements.add(
          new JsonBuilder()
              .put("kind", change.kind())
              .put("what", change.what())
              .put("details", change.details())
              .build());
    }
    return new JsonArray(elements);
  }
}
