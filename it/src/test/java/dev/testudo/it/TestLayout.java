package dev.testudo.it;

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
import dev.testudo.image.oci.Platform;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/// An OCI layout with images of tests.
record TestLayout(Path directory) {
  static final Platform PLATFORM =
      Platform.linux(System.getProperty("os.arch").equals("aarch64") ? "arm64" : "amd64");

  /// Writes an image that was not made by Testudo.
  void image(String tag, ImageFiles files, List<String> command, String user) throws IOException {
    var container =
        new ContainerConfig(
            List.of(),
            command,
            List.of("PATH=/usr/bin:/bin", "GREETING=hello"),
            user,
            "/app",
            Set.of("6379/tcp"),
            Set.of("/data"),
            Optional.empty(),
            Map.of("some", "label"),
            Optional.empty(),
            Map.of());
    image(tag, files, container);
  }

  /// Writes an image that was not made by Testudo.
  void image(String tag, ImageFiles files, ContainerConfig container) throws IOException {
    var config =
        new ImageConfig(PLATFORM, container, List.of(), List.of(), Optional.empty(), Map.of());
    write(tag, config, List.of(), files);
  }

  /// Writes an image that has one layer more than another one, as somebody would who controls the
  /// registry.
  void changed(String tag, String original, ImageFiles files) throws IOException {
    ImageParts parts;
    try (var source = LayoutSource.directory(directory)) {
      parts = ImageParts.read(source, new ByTag(original), PLATFORM);
    }
    write(tag, parts.config(), parts.manifest().layers(), files);
  }

  private void write(String tag, ImageConfig base, List<Descriptor> below, ImageFiles files)
      throws IOException {
    try (var sink = LayoutSink.open(directory)) {
      var layer = LayerWriter.write(files.all(), sink, MediaType.OCI_LAYER);
      var layers = new ArrayList<>(below);
      layers.add(layer.blob());
      var diffIds = new ArrayList<Digest>(base.diffIds());
      diffIds.add(layer.diffId());
      var config =
          new ImageConfig(
                  base.platform(),
                  base.container(),
                  diffIds,
                  List.of(),
                  base.created(),
                  base.others())
              .write();
      var configured = Descriptor.of(MediaType.OCI_CONFIG, config);
      sink.put(configured, () -> new ByteArrayInputStream(config));
      sink.putManifest(
          new ByTag(tag),
          new Manifest(MediaType.OCI_MANIFEST, configured, layers, Map.of(), Map.of()).write());
    }
  }
}
