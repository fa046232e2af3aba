package dev.testudo.image.oci;

import java.io.IOException;

/// Copies images from one store to another.
public final class ImageCopy {
  private ImageCopy() {}

  /// Copies layers and configuration, and then the manifest, byte for byte.
  ///
  /// @param reference what the image is called there
  /// @throws ImageException with [ImageFault#UNSUPPORTED] if a layer must not be copied
  /// @throws IOException if a store fails
  public static void copy(
      BlobSource source, ImageParts image, BlobSink sink, ManifestReference reference)
      throws IOException {
    for (var layer : image.manifest().layers()) {
      if (layer.type().filter(MediaType::foreign).isPresent()) {
        throw new ImageException(
            ImageFault.UNSUPPORTED,
            "%s: the layer %s must not be copied: its media type is `%s`"
                .formatted(source.place(), layer.digest(), layer.mediaType()));
      }
      sink.put(layer, () -> source.open(layer));
    }
    var config = image.manifest().config();
    sink.put(config, () -> source.open(config));
    var raw = source.manifest(new ManifestReference.ByDigest(image.descriptor().digest()));
    sink.putManifest(reference, raw);
  }
}
