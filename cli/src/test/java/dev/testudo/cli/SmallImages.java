package dev.testudo.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.testudo.cli.CliContext.Installation;
import dev.testudo.cli.CliContext.Streams;
import dev.testudo.image.build.AgentLayer;
import dev.testudo.image.layer.LayerFile;
import dev.testudo.image.layer.LayerFile.Content;
import dev.testudo.image.layer.LayerNode;
import dev.testudo.image.layer.LayerWriter;
import dev.testudo.image.layout.LayoutSink;
import dev.testudo.image.layout.LayoutSource;
import dev.testudo.image.oci.ContainerConfig;
import dev.testudo.image.oci.Descriptor;
import dev.testudo.image.oci.Digest;
import dev.testudo.image.oci.ImageConfig;
import dev.testudo.image.oci.ImageParts;
import dev.testudo.image.oci.Manifest;
import dev.testudo.image.oci.ManifestReference.ByTag;
import dev.testudo.image.oci.MediaType;
import dev.testudo.image.tar.FileAttributes;
import dev.testudo.image.tar.Owner;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/// A layout `images` with small images, and an installation with a small agent, in a directory; and
/// the commands that work on them.
final class SmallImages {
  private final Path work;
  private final ByteArrayOutputStream out = new ByteArrayOutputStream();
  private final ByteArrayOutputStream err = new ByteArrayOutputStream();

  /// Makes the layout with the image `base`, which has one file `/app`.
  SmallImages(Path work) throws IOException {
    this.work = work;
    var java = Files.createDirectories(work.resolve("container/lib/java/bin"));
    Files.writeString(java.resolve("java"), "machine code");
    AgentLayer.pack(work.resolve("container"), ArchitectureOption.of(null).architecture());
    image("base", file("/app", "x"));
  }

  /// Stores an image with one layer, which starts `/app`.
  void image(String tag, LayerFile... files) throws IOException {
    image(tag, started(List.of("/app")), files);
  }

  /// Stores an image with one layer.
  void image(String tag, ContainerConfig container, LayerFile... files) throws IOException {
    image(tag, List.of(), List.of(), container, files);
  }

  /// Stores an image again, with one layer more.
  void change(String tag, String original, LayerFile... files) throws IOException {
    var parts = parts(original);
    image(
        tag,
        parts.manifest().layers(),
        parts.config().diffIds(),
        parts.config().container(),
        files);
  }

  /// Stores an image again, with another configuration.
  void reconfigure(String tag, String original, ContainerConfig container) throws IOException {
    var parts = parts(original);
    image(tag, parts.manifest().layers(), parts.config().diffIds(), container);
  }

  private void image(
      String tag,
      List<Descriptor> below,
      List<Digest> diffIdsBelow,
      ContainerConfig container,
      LayerFile... files)
      throws IOException {
    try (var sink = LayoutSink.open(directory())) {
      var layers = new ArrayList<>(below);
      var diffIds = new ArrayList<>(diffIdsBelow);
      if (files.length > 0) {
        var layer = LayerWriter.write(List.of(files), sink, MediaType.OCI_LAYER_GZIP);
        layers.add(layer.blob());
        diffIds.add(layer.diffId());
      }
      var platform = ArchitectureOption.of(null);
      var config =
          new ImageConfig(platform, container, diffIds, List.of(), Optional.empty(), Map.of())
              .write();
      var blob = Descriptor.of(MediaType.OCI_CONFIG, config);
      sink.put(blob, () -> new ByteArrayInputStream(config));
      sink.putManifest(
          new ByTag(tag),
          new Manifest(MediaType.OCI_MANIFEST, blob, layers, Map.of(), Map.of()).write());
    }
  }

  private ImageParts parts(String tag) throws IOException {
    try (var source = LayoutSource.directory(directory())) {
      return ImageParts.read(source, new ByTag(tag), ArchitectureOption.of(null));
    }
  }

  /// A file that can be executed.
  static LayerFile file(String path, String content) {
    return file(path, content, 0755);
  }

  static LayerFile file(String path, String content, int mode) {
    var bytes = content.getBytes(UTF_8);
    return new LayerFile(
        path,
        new Content.Bytes(bytes.length, () -> new ByteArrayInputStream(bytes)),
        FileAttributes.of(mode));
  }

  static LayerFile link(String path, String target) {
    return new LayerFile(
        path, new Content.Other(new LayerNode.SymbolicLink(target)), FileAttributes.of(0777));
  }

  /// A directory that belongs to a user.
  static LayerFile directory(String path, int owner) {
    return new LayerFile(
        path,
        new Content.Other(new LayerNode.Directory()),
        new FileAttributes(0755, Owner.of(owner, owner), 0, Map.of()));
  }

  static ContainerConfig started(List<String> entrypoint) {
    return started(entrypoint, List.of(), "");
  }

  static ContainerConfig started(List<String> entrypoint, List<String> environment, String user) {
    return new ContainerConfig(
        entrypoint,
        List.of(),
        environment,
        user,
        "",
        Set.of(),
        Set.of(),
        Optional.empty(),
        Map.of(),
        Optional.empty(),
        Map.of());
  }

  /// Returns the directory of the layout.
  Path directory() {
    return work.resolve("images");
  }

  /// Returns how commands name an image of the layout.
  String name(String tag) {
    return "oci:" + directory() + ":" + tag;
  }

  /// Runs a command, whose output replaces that of the last one.
  int run(String... args) {
    out.reset();
    err.reset();
    return Cli.run(
        args,
        new CliContext(
            Map.of("XDG_CACHE_HOME", work.resolve("cache").toString()),
            new Streams(
                InputStream.nullInputStream(),
                new PrintStream(out, true, UTF_8),
                new PrintStream(err, true, UTF_8)),
            new Installation(work.resolve("testudo"), work.resolve("lib"), work.resolve("jdk")),
            false,
            Instant.EPOCH,
            _ -> {}));
  }

  /// Runs a command that must succeed, and returns what it prints.
  Printed succeed(String... args) {
    assertEquals(0, run(args), err.toString(UTF_8));
    return out();
  }

  /// Returns what the last command printed.
  Printed out() {
    return new Printed(out.toString(UTF_8));
  }

  /// Returns what the last command printed for errors and progress.
  Printed err() {
    return new Printed(err.toString(UTF_8));
  }
}
