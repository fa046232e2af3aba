package dev.testudo.image.build.command;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.testudo.image.layer.ImageTree;
import dev.testudo.image.layer.LayerEntry;
import dev.testudo.image.layer.LayerFile;
import dev.testudo.image.layer.LayerFile.Content;
import dev.testudo.image.layer.LayerIndex;
import dev.testudo.image.layer.LayerIndexCache;
import dev.testudo.image.layer.LayerNode;
import dev.testudo.image.oci.Digest;
import dev.testudo.image.oci.Digest.Algorithm;
import dev.testudo.image.oci.ImageException;
import dev.testudo.image.oci.ImageFault;
import dev.testudo.image.tar.FileAttributes;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;

/// What is in the root when the first command starts: the base, the inputs, and the places of
/// mounts.
///
/// @param base the files of the base
/// @param before the files of the base, with everything else
/// @param added what is above the base, in the order of the uppermost layer of `before`
record BuildRoot(ImageTree base, ImageTree before, List<LayerFile> added) {
  BuildRoot {
    added = List.copyOf(added);
  }

  /// Reads the layers of a base, and adds the rest.
  static BuildRoot of(CommandRecipe recipe, LayerIndexCache cache) throws IOException {
    var indexes = new ArrayList<LayerIndex>();
    for (var layer : recipe.base().layers()) {
      var index = cache.index(layer.source(), layer.blob());
      if (!index.diffId().equals(layer.diffId())) {
        throw new ImageException(
            ImageFault.WRONG_CONTENT,
            "the layer %s is not the one that the configuration names: uncompressed, its digest is %s, not %s"
                .formatted(index.blob(), index.diffId(), layer.diffId()));
      }
      indexes.add(index);
    }
    var base = ImageTree.of(indexes);
    var added = new ArrayList<>(recipe.inputs());
    indexes.add(index(added));
    var withInputs = ImageTree.of(indexes);
    added.addAll(places(withInputs, recipe.workingDirectory()));
    indexes.set(indexes.size() - 1, index(added));
    return new BuildRoot(base, ImageTree.of(indexes), added);
  }

  /// Returns the directories and files that a mount or a command needs and that do not exist.
  private static List<LayerFile> places(ImageTree tree, String workingDirectory) {
    var places = new ArrayList<LayerFile>();
    for (var directory : List.of("/proc", "/dev", "/etc", "/root")) {
      place(tree, places, directory, 0755);
    }
    place(tree, places, workingDirectory, 0755);
    for (var scratch : ScratchDirectory.values()) {
      place(tree, places, scratch.path(), scratch.mode());
    }
    for (var file : List.of("/etc/hosts", "/etc/resolv.conf")) {
      var path = BuildMounts.resolve(tree, file);
      if (tree.findLink(path).isEmpty() && !ScratchDirectory.contains(path)) {
        places.add(
            new LayerFile(
                path, new Content.Bytes(0, InputStream::nullInputStream), FileAttributes.of(0644)));
      }
    }
    return places;
  }

  private static void place(ImageTree tree, List<LayerFile> places, String directory, int mode) {
    var path = BuildMounts.resolve(tree, directory);
    if (!path.equals("/")
        && tree.findLink(path).isEmpty()
        && places.stream().noneMatch(one -> one.path().equals(path))) {
      places.add(
          new LayerFile(
              path, new Content.Other(new LayerNode.Directory()), FileAttributes.of(mode)));
    }
  }

  private static LayerIndex index(List<LayerFile> files) throws IOException {
    var entries = new ArrayList<LayerEntry>();
    for (var file : files) {
      entries.add(new LayerEntry(file.path(), node(file), file.attributes()));
    }
    var name = Digest.of("inputs of a build".getBytes(UTF_8));
    return new LayerIndex(name, name, 0, entries);
  }

  private static LayerNode node(LayerFile file) throws IOException {
    return switch (file.content()) {
      case Content.Other(var node) -> node;
      case Content.Bytes(var size, var content) -> {
        var hash = Algorithm.SHA256.start();
        try (var in = content.open()) {
          var buffer = new byte[1 << 16];
          for (var n = in.read(buffer); n >= 0; n = in.read(buffer)) {
            hash.update(buffer, 0, n);
          }
        }
        yield new LayerNode.RegularFile(size, HexFormat.of().formatHex(hash.digest()));
      }
    };
  }
}
