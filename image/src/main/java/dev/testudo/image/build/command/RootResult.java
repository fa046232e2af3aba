package dev.testudo.image.build.command;

import static java.nio.file.StandardOpenOption.CREATE_NEW;
import static java.nio.file.StandardOpenOption.READ;
import static java.nio.file.StandardOpenOption.WRITE;

import dev.testudo.image.build.sandbox.Sandbox;
import dev.testudo.image.layer.ImageTree;
import dev.testudo.image.layer.LayerEntry;
import dev.testudo.image.layer.LayerFile;
import dev.testudo.image.layer.LayerFile.Content;
import dev.testudo.image.layer.LayerIndex;
import dev.testudo.image.layer.LayerNode;
import dev.testudo.image.layer.LayerStream;
import dev.testudo.image.layer.RootStream;
import dev.testudo.image.layer.TreeFile;
import dev.testudo.image.oci.Digest;
import dev.testudo.image.tar.FileAttributes;
import dev.testudo.image.tar.RawText;
import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/// Reads what the commands have left in the root of a sandbox. Nothing there is opened by this
/// process: `tar` in the sandbox packs it.
final class RootResult {
  private static final int BUFFER = 1 << 16;

  private final Sandbox sandbox;
  private final BuildRoot root;
  private final BuildLimits limits;

  RootResult(Sandbox sandbox, BuildRoot root, BuildLimits limits) {
    this.sandbox = sandbox;
    this.root = root;
    this.limits = limits;
  }

  /// Returns the entries of the layer.
  ///
  /// @throws BuildException if a layer cannot express them, or they are too large
  List<LayerFile> files() throws IOException {
    var result = RootChange.of(root, tree(), sandbox.ids());
    var links = new HashMap<Long, String>();
    var wanted = new TreeMap<String, TreeFile>();
    var total = 0L;
    for (var changed : result.files().entrySet()) {
      requireExpressible(changed.getKey());
      var file = changed.getValue();
      if (file.node() instanceof LayerNode.RegularFile(var size, _)
          && links.putIfAbsent(identity(file), changed.getKey()) == null) {
        wanted.put(changed.getKey(), file);
        total += size;
      }
    }
    if (total > limits.layerBytes()) {
      throw new BuildException(
          BuildFault.TOO_LARGE,
          "the commands have left %d MiB of new files, %d MiB are allowed"
              .formatted(total >> 20, limits.layerBytes() >> 20),
          List.of());
    }
    var contents = contents(wanted);
    var files = new ArrayList<LayerFile>();
    result.files().forEach((path, file) -> files.add(file(path, file, links, contents)));
    for (var path : result.removed()) {
      requireExpressible(path);
      files.add(
          new LayerFile(
              path, new Content.Other(new LayerNode.Whiteout()), FileAttributes.of(0644)));
    }
    return files;
  }

  private static long identity(TreeFile file) {
    return file.entry();
  }

  private static void requireExpressible(String path) throws BuildException {
    if (path.contains("/.wh.")) {
      throw new BuildException(
          BuildFault.NOT_EXPRESSIBLE,
          "the commands have left `%s`; in a layer, a name that begins with `.wh.` removes a file"
              .formatted(path.replaceAll("[\\p{Cntrl}\\p{Cs}]", "?")),
          List.of());
    }
  }

  private static LayerFile file(
      String path, TreeFile file, Map<Long, String> links, Map<String, Content> contents) {
    var content =
        switch (file.node()) {
          case LayerNode.RegularFile _ -> {
            var first = links.getOrDefault(identity(file), path);
            yield first.equals(path)
                ? contents.getOrDefault(path, new Content.Bytes(0, InputStream::nullInputStream))
                : new Content.Other(new LayerNode.HardLink(first));
          }
          default -> new Content.Other(file.node());
        };
    return new LayerFile(path, content, file.attributes());
  }

  /// Reads the whole root, without keeping content.
  private ImageTree tree() throws IOException {
    var entries = new ArrayList<LayerEntry>();
    sandbox.pack(
        in -> {
          var stream = new RootStream(new BufferedInputStream(in, BUFFER));
          for (var entry = stream.next((_, _, _) -> {});
              entry.isPresent();
              entry = stream.next((_, _, _) -> {})) {
            if (entries.size() == LayerStream.MAX_ENTRIES) {
              throw new BuildException(
                  BuildFault.TOO_LARGE,
                  "the root has more than %d files".formatted(LayerStream.MAX_ENTRIES),
                  List.of());
            }
            entries.add(entry.get());
          }
        });
    var name = Digest.of(new byte[0]);
    return ImageTree.of(List.of(new LayerIndex(name, name, 0, entries)));
  }

  /// Copies the content of files into one file of this process.
  private Map<String, Content> contents(Map<String, TreeFile> wanted) throws IOException {
    var contents = new HashMap<String, Content>();
    if (wanted.isEmpty()) {
      return contents;
    }
    var names = sandbox.tree().resolve("names");
    writeNames(names, wanted.keySet());
    var spool = sandbox.files().resolve("content");
    try (var channel = FileChannel.open(spool, CREATE_NEW, READ, WRITE);
        var out = new BufferedOutputStream(Channels.newOutputStream(channel), BUFFER)) {
      sandbox.pack(
          names,
          in -> {
            var stream = new RootStream(new BufferedInputStream(in, BUFFER));
            var position = 0L;
            for (var entry = stream.next(out::write);
                entry.isPresent();
                entry = stream.next(out::write)) {
              position += add(entry.get(), wanted, spool, position, contents);
            }
          });
    }
    if (!contents.keySet().equals(wanted.keySet())) {
      throw new IOException("tar has not packed all files that were wanted");
    }
    return contents;
  }

  private static long add(
      LayerEntry entry,
      Map<String, TreeFile> wanted,
      Path spool,
      long position,
      Map<String, Content> contents)
      throws IOException {
    var expected = wanted.get(entry.path());
    if (expected == null
        || !(entry.node() instanceof LayerNode.RegularFile(var size, _))
        || !entry.node().equals(expected.node())) {
      throw new IOException("a file has changed after the commands have ended");
    }
    contents.put(entry.path(), new Content.Bytes(size, () -> part(spool, position, size)));
    return size;
  }

  private static InputStream part(Path spool, long position, long size) throws IOException {
    var in = Files.newInputStream(spool);
    in.skipNBytes(position);
    return new PartStream(in, size);
  }

  private static void writeNames(Path file, Collection<String> paths) throws IOException {
    try (var out = new BufferedOutputStream(Files.newOutputStream(file, CREATE_NEW))) {
      for (var path : paths) {
        out.write('.');
        out.write(RawText.encode(path));
        out.write(0);
      }
    }
  }
}
