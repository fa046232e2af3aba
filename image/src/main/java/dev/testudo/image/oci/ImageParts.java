package dev.testudo.image.oci;

import dev.testudo.image.oci.ManifestReference.ByDigest;
import dev.testudo.image.oci.MediaType.Kind;
import dev.testudo.trust.json.MessageException;
import java.io.IOException;

/// An image of one platform: manifest and configuration, read and verified, and the descriptors of
/// its layers.
///
/// @param descriptor the manifest's descriptor
/// @param manifest the manifest
/// @param config the configuration, which has as many layers as the manifest
public record ImageParts(Descriptor descriptor, Manifest manifest, ImageConfig config) {
  /// Indexes may name indexes; deeper ones are refused.
  private static final int MAX_INDEXES = 4;

  /// Reads an image.
  ///
  /// @param reference a manifest, or an index that has one for the platform
  /// @throws ImageException if it is malformed, has none for the platform, or is not an image
  /// @throws IOException if the source fails
  public static ImageParts read(BlobSource source, ManifestReference reference, Platform wanted)
      throws IOException {
    var raw = source.manifest(reference);
    try {
      for (var depth = 0; isIndex(raw); depth++) {
        if (depth == MAX_INDEXES) {
          throw new MessageException("more than %d indexes name each other".formatted(depth));
        }
        var chosen = Index.read(raw).select(wanted, source.place());
        raw = source.manifest(new ByDigest(chosen.digest()));
      }
      return read(source, raw);
    } catch (MessageException e) {
      throw new ImageException(
          ImageFault.MALFORMED,
          "%s: %s: %s".formatted(source.place(), reference, e.getMessage()),
          e);
    }
  }

  private static boolean isIndex(RawManifest raw) {
    return MediaType.of(raw.mediaType()).filter(type -> type.kind() == Kind.INDEX).isPresent();
  }

  private static ImageParts read(BlobSource source, RawManifest raw) throws IOException {
    var manifest = Manifest.read(raw);
    if (manifest.config().type().filter(type -> type.kind() == Kind.CONFIG).isEmpty()) {
      throw new ImageException(
          ImageFault.UNSUPPORTED,
          "%s: the manifest %s is not of an image: its configuration has the media type `%s`"
              .formatted(source.place(), raw.descriptor().digest(), manifest.config().mediaType()));
    }
    var config = ImageConfig.read(source.read(manifest.config(), ImageConfig.MAX_BYTES));
    if (config.diffIds().size() != manifest.layers().size()) {
      throw new MessageException(
          "the manifest has %d layers, the configuration %d"
              .formatted(manifest.layers().size(), config.diffIds().size()));
    }
    return new ImageParts(raw.descriptor(), manifest, config);
  }
}
