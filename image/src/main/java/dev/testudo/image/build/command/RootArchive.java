package dev.testudo.image.build.command;

import dev.testudo.image.build.sandbox.IdMapping;
import dev.testudo.image.compression.DecompressionLimits;
import dev.testudo.image.layer.ImageTree.Located;
import dev.testudo.image.layer.LayerFile;
import dev.testudo.image.layer.LayerFile.Content;
import dev.testudo.image.layer.LayerNode;
import dev.testudo.image.layer.LayerStream;
import dev.testudo.image.layer.LayerStream.ContentSink;
import dev.testudo.image.layer.TreeFile;
import dev.testudo.image.tar.TarEntry;
import dev.testudo.image.tar.TarKind;
import dev.testudo.image.tar.TarWriter;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/// Writes the files of an image as one archive, from which `tar` can unpack them into an empty
/// directory. Whatever the layers were, the archive has each path once, all directories first and
/// all links last, so that nothing is ever written through a link.
final class RootArchive {
  private static final int BUFFER = 1 << 16;

  private final BuildRoot root;
  private final IdMapping ids;
  private final TarWriter tar;

  /// The paths of the files that are to be written, by layer and number of the entry.
  private final Map<Integer, Map<Integer, List<String>>> files = new HashMap<>();

  private final List<Located> links = new ArrayList<>();

  private RootArchive(BuildRoot root, IdMapping ids, TarWriter tar) {
    this.root = root;
    this.ids = ids;
    this.tar = tar;
  }

  /// Writes the archive to `out`.
  ///
  /// @throws IOException if a layer cannot be read, or `out` fails
  static void write(List<CommandBase.Layer> layers, BuildRoot root, IdMapping ids, OutputStream out)
      throws IOException {
    var buffered = new BufferedOutputStream(out, BUFFER);
    var tar = new TarWriter(buffered);
    new RootArchive(root, ids, tar).write(layers);
    tar.finish();
    buffered.flush();
  }

  private void write(List<CommandBase.Layer> layers) throws IOException {
    put("/", root.before().root(), new TarKind.Directory());
    for (var located : root.before().files()) {
      switch (located.file().node()) {
        case LayerNode.Directory() -> put(located.path(), located.file(), new TarKind.Directory());
        case LayerNode.RegularFile _ ->
            files
                .computeIfAbsent(located.file().layer(), _ -> new HashMap<>())
                .computeIfAbsent(located.file().entry(), _ -> new ArrayList<>())
                .add(located.path());
        case LayerNode.SymbolicLink _, LayerNode.Fifo _ -> links.add(located);
        case LayerNode.Device _ -> {}
        case LayerNode.HardLink _, LayerNode.Whiteout _, LayerNode.OpaqueWhiteout _ ->
            throw new AssertionError("not in a tree");
      }
    }
    for (var number = 0; number < layers.size(); number++) {
      writeFiles(layers.get(number), files.getOrDefault(number, Map.of()));
    }
    writeAdded(files.getOrDefault(layers.size(), Map.of()));
    writeLinks();
  }

  private void put(String path, TreeFile file, TarKind kind) throws IOException {
    var unpacked = UnpackedFile.of(file, ids).orElseThrow();
    tar.put(new TarEntry(name(path), kind, unpacked.attributes()));
  }

  private static String name(String path) {
    return path.equals("/") ? "." : "." + path;
  }

  private void writeFiles(CommandBase.Layer layer, Map<Integer, List<String>> wanted)
      throws IOException {
    if (wanted.isEmpty()) {
      return;
    }
    try (var in = LayerStream.open(layer.source(), layer.blob(), DecompressionLimits.LAYER)) {
      for (var number = 0; ; number++) {
        var paths = wanted.getOrDefault(number, List.of());
        if (!paths.isEmpty()) {
          putFile(paths.getFirst());
        }
        ContentSink sink = paths.isEmpty() ? (_, _, _) -> {} : tar::write;
        if (in.next(sink).isEmpty()) {
          return;
        }
      }
    }
  }

  private void putFile(String path) throws IOException {
    var file = root.before().findLink(path).orElseThrow().file();
    if (!(file.node() instanceof LayerNode.RegularFile(var size, _))) {
      throw new AssertionError("collected as a file");
    }
    put(path, file, new TarKind.File(size));
  }

  private void writeAdded(Map<Integer, List<String>> wanted) throws IOException {
    var buffer = new byte[BUFFER];
    for (var number = 0; number < root.added().size(); number++) {
      LayerFile file = root.added().get(number);
      var paths = wanted.getOrDefault(number, List.of());
      if (!paths.isEmpty() && file.content() instanceof Content.Bytes(_, var content)) {
        putFile(paths.getFirst());
        try (var in = content.open()) {
          for (var n = in.read(buffer); n >= 0; n = in.read(buffer)) {
            tar.write(buffer, 0, n);
          }
        }
      }
    }
  }

  private void writeLinks() throws IOException {
    for (var layer : files.values()) {
      for (var paths : layer.values()) {
        var first = name(paths.getFirst());
        for (var path : paths.subList(1, paths.size())) {
          put(path, root.before().findLink(path).orElseThrow().file(), new TarKind.HardLink(first));
        }
      }
    }
    for (var link : links) {
      put(
          link.path(),
          link.file(),
          link.file().node() instanceof LayerNode.SymbolicLink(var target)
              ? new TarKind.SymbolicLink(target)
              : new TarKind.Fifo());
    }
  }
}
