package dev.testudo.image.build;

import dev.testudo.image.layer.ImageTree;
import dev.testudo.image.layer.LayerFile;
import dev.testudo.image.layer.LayerFile.Content;
import dev.testudo.image.layer.LayerNode;
import dev.testudo.image.oci.ImageException;
import dev.testudo.image.oci.ImageFault;
import dev.testudo.image.tar.FileAttributes;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/// Files of this machine as a layer over an image. They belong to root, and everybody may read
/// them: modes and owners of this machine do not matter, so the layer is the same everywhere.
/// Folders that are missing are created, and links of the image in the way to a file are followed.
public final class AddedFiles {
  private static final int EXECUTABLE = 0755;
  private static final int PLAIN = 0644;

  private final ImageTree tree;
  private final Map<String, LayerFile> added = new TreeMap<>();

  private AddedFiles(ImageTree tree) {
    this.tree = tree;
  }

  /// Returns the entries of the layer.
  ///
  /// @param tree the files of the image
  /// @param files the regular files of this machine by their absolute path in the image
  /// @param folders folders that are created even if they contain none of them
  /// @throws ImageException if a file is where a folder must be, or the other way round
  public static List<LayerFile> over(
      ImageTree tree, Map<Path, Path> files, Collection<Path> folders) throws IOException {
    var layer = new AddedFiles(tree);
    for (var folder : folders) {
      layer.folder(folder);
    }
    for (var file : files.entrySet()) {
      layer.add(file.getKey(), file.getValue());
    }
    return List.copyOf(layer.added.values());
  }

  /// Returns the whiteouts of those of these paths at which the image has something that is no
  /// folder.
  ///
  /// @param tree the files of the image
  /// @param paths absolute paths in the image; a link at the end of one is removed itself
  public static List<LayerFile> without(ImageTree tree, Collection<Path> paths) {
    return paths.stream()
        .flatMap(path -> tree.findLink(path.toString()).stream())
        .filter(found -> !(found.file().node() instanceof LayerNode.Directory))
        .map(
            found ->
                new LayerFile(
                    found.path(),
                    new Content.Other(new LayerNode.Whiteout()),
                    FileAttributes.of(PLAIN)))
        .toList();
  }

  private void add(Path target, Path file) throws IOException {
    var parent = folder(target.resolveSibling("."));
    var path = child(parent, String.valueOf(target.getFileName()));
    var there = tree.findLink(path).map(found -> found.file().node());
    if (there.isPresent() && there.get() instanceof LayerNode.Directory) {
      throw inTheWay("%s is a folder of the image, and a file to be copied", path);
    }
    var mode = Files.isExecutable(file) ? EXECUTABLE : PLAIN;
    var content = new Content.Bytes(Files.size(file), () -> Files.newInputStream(file));
    added.put(path, new LayerFile(path, content, FileAttributes.of(mode)));
  }

  /// Creates what is missing of a folder, and returns its path without links.
  private String folder(Path folder) throws ImageException {
    var path = "/";
    for (var name : folder.normalize()) {
      path = step(path, name.toString());
    }
    return path;
  }

  private String step(String parent, String name) throws ImageException {
    var path = child(parent, name);
    var file = added.get(path);
    if (file != null) {
      if (file.content() instanceof Content.Bytes) {
        throw inTheWay("%s is a file to be copied, and a folder of another", path);
      }
      return path;
    }
    var there = tree.find(path);
    if (there.isPresent()) {
      if (!(there.get().file().node() instanceof LayerNode.Directory)) {
        throw inTheWay("%s is a file of the image, and a folder to be copied to", path);
      }
      return there.get().path();
    }
    if (tree.findLink(path).isPresent()) {
      throw inTheWay(
          "%s is a link of the image that leads nowhere, and a folder to be copied to", path);
    }
    added.put(
        path,
        new LayerFile(
            path, new Content.Other(new LayerNode.Directory()), FileAttributes.of(EXECUTABLE)));
    return path;
  }

  private static String child(String parent, String name) {
    return parent.equals("/") ? "/" + name : parent + "/" + name;
  }

  private static ImageException inTheWay(String message, String path) {
    return new ImageException(ImageFault.UNSUPPORTED, message.formatted(path));
  }
}
