package dev.testudo.image.build;

import dev.testudo.image.layer.ImageTree;
import dev.testudo.image.layer.LayerEntry;
import dev.testudo.image.layer.LayerFile;
import dev.testudo.image.layer.LayerFile.Content;
import dev.testudo.image.layer.LayerNode;
import dev.testudo.image.tar.FileAttributes;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/// The folders above the paths that a container runtime creates or mounts, as far as an image lacks
/// them: `/etc` above `/etc/hosts` in an image from scratch. The runtime would create them, and the
/// agent would measure folders that the image does not have. So the confidential image has them.
///
/// @param paths absolute; folders before what they contain
public record MountFolders(List<String> paths) {
  /// As container runtimes create them.
  private static final FileAttributes ATTRIBUTES = FileAttributes.of(0755);

  private static final LayerNode DIRECTORY = new LayerNode.Directory();

  /// Copies the list.
  public MountFolders {
    paths = List.copyOf(paths);
  }

  /// Returns the folders that `tree` lacks.
  ///
  /// @param unmeasured the paths that the runtime creates or mounts
  static MountFolders missingIn(ImageTree tree, List<String> unmeasured) {
    var missing = new LinkedHashSet<String>();
    for (var path : unmeasured) {
      addAbove(path, tree, unmeasured, missing);
    }
    return new MountFolders(new ArrayList<>(missing));
  }

  /// Adds the folders above `path` from the top, up to one that is not measured, or that is
  /// something else in the image.
  private static void addAbove(
      String path, ImageTree tree, List<String> unmeasured, Set<String> missing) {
    for (var end = path.indexOf('/', 1); end > 0; end = path.indexOf('/', end + 1)) {
      var folder = path.substring(0, end);
      if (unmeasured.contains(folder)) {
        return;
      }
      var found = tree.findLink(folder);
      if (found.isEmpty()) {
        missing.add(folder);
      } else if (!(found.get().file().node() instanceof LayerNode.Directory)) {
        return;
      }
    }
  }

  /// Returns the entries of a layer that has them.
  List<LayerEntry> entries() {
    return paths.stream().map(path -> new LayerEntry(path, DIRECTORY, ATTRIBUTES)).toList();
  }

  /// Returns the files of a layer that has them.
  List<LayerFile> files() {
    return paths.stream()
        .map(path -> new LayerFile(path, new Content.Other(DIRECTORY), ATTRIBUTES))
        .toList();
  }
}
