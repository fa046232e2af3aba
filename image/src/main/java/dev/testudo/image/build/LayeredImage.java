package dev.testudo.image.build;

import dev.testudo.image.layer.LayerFile;
import dev.testudo.image.layer.LayerWriter;
import dev.testudo.image.layer.WrittenLayer;
import dev.testudo.image.layout.LayoutSink;
import dev.testudo.image.layout.LayoutSource;
import dev.testudo.image.oci.BlobContent;
import dev.testudo.image.oci.BlobSource;
import dev.testudo.image.oci.ContainerConfig;
import dev.testudo.image.oci.Descriptor;
import dev.testudo.image.oci.Digest;
import dev.testudo.image.oci.ImageConfig;
import dev.testudo.image.oci.ImageParts;
import dev.testudo.image.oci.Manifest;
import dev.testudo.image.oci.ManifestReference;
import dev.testudo.image.oci.MediaType;
import dev.testudo.image.oci.Platform;
import dev.testudo.image.oci.RawManifest;
import dev.testudo.image.oci.VerifiedStream;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// A base image and the layers that are put on it one after the other. The new layers are in a
/// layout of this machine; those of the base stay where they are. As a source it has both.
public final class LayeredImage implements BlobSource {
  private final BlobSource base;
  private final LayoutSink staging;
  private final LayoutSource staged;
  private ImageParts parts;

  private LayeredImage(BlobSource base, ImageParts parts, LayoutSink staging, LayoutSource staged) {
    this.base = base;
    this.parts = parts;
    this.staging = staging;
    this.staged = staged;
  }

  /// Begins with an image.
  ///
  /// @param base an image in `source`, which stays open as long as this is used
  /// @param staging an empty or absent directory for the new layers
  public static LayeredImage on(BlobSource source, ImageParts base, Path staging)
      throws IOException {
    var sink = LayoutSink.open(staging);
    return new LayeredImage(source, base, sink, LayoutSource.directory(staging));
  }

  /// Begins with an image that has no files and no configuration.
  ///
  /// @param staging an empty or absent directory for the new layers
  public static LayeredImage onNothing(Platform platform, Path staging) throws IOException {
    var config =
        new ImageConfig(
            platform, ContainerConfig.empty(), List.of(), List.of(), Optional.empty(), Map.of());
    var sink = LayoutSink.open(staging);
    var source = LayoutSource.directory(staging);
    return new LayeredImage(source, parts(config, List.of()), sink, source);
  }

  /// Returns the image with all layers that have been added.
  public ImageParts parts() {
    return parts;
  }

  /// Adds a layer with these files, and returns it. No layer is added if there are none.
  public Optional<Descriptor> add(List<LayerFile> files) throws IOException {
    if (files.isEmpty()) {
      return Optional.empty();
    }
    var layer = LayerWriter.write(files, staging, MediaType.OCI_LAYER_GZIP);
    add(layer);
    return Optional.of(layer.blob());
  }

  /// Takes out the uppermost layer that is this one. Those above it stay as they are.
  ///
  /// @throws IllegalArgumentException if the image has no such layer
  public void remove(Descriptor layer) throws IOException {
    var layers = new ArrayList<Descriptor>(parts.manifest().layers());
    int at = layers.lastIndexOf(layer);
    if (at < 0) {
      throw new IllegalArgumentException("the image has no layer " + layer.digest());
    }
    layers.remove(at);
    var diffIds = new ArrayList<Digest>(parts.config().diffIds());
    diffIds.remove(at);
    replace(layers, diffIds);
  }

  /// Adds a layer that exists.
  ///
  /// @param content the bytes of its blob
  public void add(WrittenLayer layer, BlobContent content) throws IOException {
    staging.put(layer.blob(), content);
    add(layer);
  }

  private void add(WrittenLayer layer) throws IOException {
    var layers = new ArrayList<Descriptor>(parts.manifest().layers());
    layers.add(layer.blob());
    var diffIds = new ArrayList<Digest>(parts.config().diffIds());
    diffIds.add(layer.diffId());
    replace(layers, diffIds);
  }

  private void replace(List<Descriptor> layers, List<Digest> diffIds) throws IOException {
    var config = parts.config();
    parts =
        parts(
            new ImageConfig(
                config.platform(),
                config.container(),
                diffIds,
                List.of(),
                config.created(),
                Map.of()),
            layers);
  }

  private static ImageParts parts(ImageConfig config, List<Descriptor> layers) throws IOException {
    var configured = Descriptor.of(MediaType.OCI_CONFIG, config.write());
    var manifest = new Manifest(MediaType.OCI_MANIFEST, configured, layers, Map.of(), Map.of());
    return new ImageParts(manifest.write().descriptor(), manifest, config);
  }

  @Override
  public VerifiedStream open(Descriptor blob) throws IOException {
    return staging.has(blob) ? staged.open(blob) : base.open(blob);
  }

  @Override
  public RawManifest manifest(ManifestReference reference) throws IOException {
    return base.manifest(reference);
  }

  @Override
  public String place() {
    return base.place();
  }

  /// Closes what was opened for the new layers. The base stays open.
  @Override
  public void close() throws IOException {
    staged.close();
    staging.close();
  }
}
