package dev.testudo.image.signature;

import dev.testudo.image.oci.BlobSource;
import dev.testudo.image.oci.Digest;
import dev.testudo.image.oci.ImageException;
import dev.testudo.image.oci.ImageFault;
import dev.testudo.image.oci.ImageStore;
import dev.testudo.image.signature.SignatureVerdict.Signed;
import dev.testudo.image.signature.SignatureVerdict.Unsigned;
import dev.testudo.trust.json.MessageException;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.security.PublicKey;

/// Signs images and verifies their signatures. The signatures of one image are a list that grows:
/// those by other keys stay.
public final class ImageSignatures {
  private static final int TRIES = 4;

  private ImageSignatures() {}

  /// Signs an image, unless it has a signature by the key already. A registry cannot change a tag
  /// on a condition, so somebody who signs at the same time may overwrite the signature; this is
  /// noticed and repeated.
  ///
  /// @param store where the image is, and where the signature goes
  /// @param repository the repository for which the signature is valid, `REGISTRY/REPOSITORY`
  /// @param image the digest of the image's manifest or index
  /// @throws ImageException if there are too many signatures already
  /// @throws IOException if the store fails, or refuses
  public static void sign(ImageStore store, String repository, Digest image, SignatureKey key)
      throws IOException {
    for (var tries = 0; tries < TRIES; tries++) {
      if (verify(store, repository, image, key.publicKey()) instanceof Signed) {
        return;
      }
      var present = SignatureManifest.read(store, image);
      if (present.layers().size() == SignatureManifest.MAX_SIGNATURES) {
        throw new ImageException(
            ImageFault.TOO_LARGE,
            "%s: %s has %d signatures already"
                .formatted(store.place(), image, SignatureManifest.MAX_SIGNATURES));
      }
      var payload = new SignaturePayload(repository, image).write();
      var signed = present.with(payload, key.sign(payload));
      store.put(signed.layers().getLast(), () -> new ByteArrayInputStream(payload));
      signed.write(store, image);
    }
    throw new ImageException(
        ImageFault.NOT_FOUND,
        "%s: the signatures of %s are changed by others all the time; try again"
            .formatted(store.place(), image));
  }

  /// Verifies the signatures of an image.
  ///
  /// @param source where the image is
  /// @param repository the repository that a signature must name, `REGISTRY/REPOSITORY`
  /// @param image the digest of the image's manifest or index
  /// @param key the key that must have signed
  /// @throws ImageException if the list of signatures is malformed
  /// @throws IOException if the source fails
  public static SignatureVerdict verify(
      BlobSource source, String repository, Digest image, PublicKey key) throws IOException {
    var signatures = SignatureManifest.read(source, image);
    var unsigned =
        new Unsigned(
            signatures.count() == 0
                ? "the image has no signature"
                : "none of its %d signatures is by this key".formatted(signatures.count()));
    // What a payload says counts only if the key has signed it.
    for (var payload : signatures.signedBy(key, source)) {
      switch (judge(payload, repository, image)) {
        case Signed signed -> {
          return signed;
        }
        case Unsigned other -> unsigned = other;
      }
    }
    return unsigned;
  }

  private static SignatureVerdict judge(byte[] bytes, String repository, Digest image) {
    SignaturePayload payload;
    try {
      payload = SignaturePayload.read(bytes);
    } catch (MessageException e) {
      return new Unsigned("what the key has signed is not a signature of an image");
    }
    if (!payload.image().equals(image)) {
      return new Unsigned("the signature is of another image: %s".formatted(payload.image()));
    }
    if (!payload.isFor(repository)) {
      return new Unsigned(
          "the signature is for `%s`, not for `%s`".formatted(payload.identity(), repository));
    }
    return new Signed(payload.identity());
  }
}
