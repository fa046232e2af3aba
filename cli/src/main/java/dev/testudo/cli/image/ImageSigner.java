package dev.testudo.cli.image;

import dev.testudo.image.oci.Digest;
import dev.testudo.image.oci.ImageStore;
import dev.testudo.image.signature.ImageSignatures;
import dev.testudo.image.signature.SignatureKey;
import java.io.IOException;

/// Signs the images that a command makes.
///
/// @param key the key that signs
/// @param repository the repository for which the signatures are valid
public record ImageSigner(SignatureKey key, String repository) {
  /// Signs an image.
  ///
  /// @param store where the image is
  /// @param image the digest of its manifest
  public void sign(ImageStore store, Digest image) throws IOException {
    ImageSignatures.sign(store, repository, image, key);
  }
}
