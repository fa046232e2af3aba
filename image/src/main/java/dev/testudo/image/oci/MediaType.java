package dev.testudo.image.oci;

import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/// The media types of the parts of images (OCI image-spec, media-types.md; Docker image manifest
/// 2, schema 2). A descriptor may have other types, which no part of Testudo reads.
public enum MediaType {
  /// A manifest.
  OCI_MANIFEST("application/vnd.oci.image.manifest.v1+json", Kind.MANIFEST),
  /// A manifest of Docker.
  DOCKER_MANIFEST("application/vnd.docker.distribution.manifest.v2+json", Kind.MANIFEST),
  /// An index: manifests by platform.
  OCI_INDEX("application/vnd.oci.image.index.v1+json", Kind.INDEX),
  /// An index of Docker, which calls it a manifest list.
  DOCKER_INDEX("application/vnd.docker.distribution.manifest.list.v2+json", Kind.INDEX),
  /// An image's configuration.
  OCI_CONFIG("application/vnd.oci.image.config.v1+json", Kind.CONFIG),
  /// An image's configuration of Docker.
  DOCKER_CONFIG("application/vnd.docker.container.image.v1+json", Kind.CONFIG),
  /// The empty object `{}`, where something must be named but nothing is to be said.
  OCI_EMPTY("application/vnd.oci.empty.v1+json", Kind.EMPTY),
  /// A layer.
  OCI_LAYER("application/vnd.oci.image.layer.v1.tar", Compression.NONE, false),
  /// A layer, compressed with gzip.
  OCI_LAYER_GZIP("application/vnd.oci.image.layer.v1.tar+gzip", Compression.GZIP, false),
  /// A layer, compressed with zstd.
  OCI_LAYER_ZSTD("application/vnd.oci.image.layer.v1.tar+zstd", Compression.ZSTD, false),
  /// A layer of Docker.
  DOCKER_LAYER("application/vnd.docker.image.rootfs.diff.tar", Compression.NONE, false),
  /// A layer of Docker, compressed with gzip.
  DOCKER_LAYER_GZIP("application/vnd.docker.image.rootfs.diff.tar.gzip", Compression.GZIP, false),
  /// A layer in a manifest of Docker, compressed with zstd, as podman writes it.
  DOCKER_LAYER_ZSTD("application/vnd.docker.image.rootfs.diff.tar.zstd", Compression.ZSTD, false),
  /// A layer that must not be copied to other registries.
  OCI_FOREIGN("application/vnd.oci.image.layer.nondistributable.v1.tar", Compression.NONE, true),
  /// The same, compressed with gzip.
  OCI_FOREIGN_GZIP(
      "application/vnd.oci.image.layer.nondistributable.v1.tar+gzip", Compression.GZIP, true),
  /// The same, compressed with zstd.
  OCI_FOREIGN_ZSTD(
      "application/vnd.oci.image.layer.nondistributable.v1.tar+zstd", Compression.ZSTD, true),
  /// A layer of Docker that must not be copied to other registries.
  DOCKER_FOREIGN("application/vnd.docker.image.rootfs.foreign.diff.tar", Compression.NONE, true),
  /// The same, compressed with gzip.
  DOCKER_FOREIGN_GZIP(
      "application/vnd.docker.image.rootfs.foreign.diff.tar.gzip", Compression.GZIP, true);

  /// What a document or blob is.
  public enum Kind {
    /// What an image consists of: a configuration and layers.
    MANIFEST,
    /// A list of manifests.
    INDEX,
    /// An image's configuration.
    CONFIG,
    /// A layer.
    LAYER,
    /// An object without content.
    EMPTY
  }

  private final String text;
  private final Kind kind;
  private final Compression compression;
  private final boolean foreign;

  MediaType(String text, Kind kind) {
    this(text, kind, Compression.NONE, false);
  }

  MediaType(String text, Compression compression, boolean foreign) {
    this(text, Kind.LAYER, compression, foreign);
  }

  MediaType(String text, Kind kind, Compression compression, boolean foreign) {
    this.text = text;
    this.kind = kind;
    this.compression = compression;
    this.foreign = foreign;
  }

  /// Finds the media type that is spelled `text`.
  public static Optional<MediaType> of(String text) {
    return Arrays.stream(values()).filter(type -> type.text.equals(text)).findFirst();
  }

  /// Returns the types of manifests and indexes, which a registry is asked for.
  public static List<MediaType> manifests() {
    return Arrays.stream(values())
        .filter(type -> type.kind == Kind.MANIFEST || type.kind == Kind.INDEX)
        .toList();
  }

  /// Returns the spelling.
  public String text() {
    return text;
  }

  /// Returns what has this type.
  public Kind kind() {
    return kind;
  }

  /// Returns how a layer is compressed; [Compression#NONE] for everything else.
  public Compression compression() {
    return compression;
  }

  /// Returns whether the layer must not be copied to other registries.
  public boolean foreign() {
    return foreign;
  }
}
