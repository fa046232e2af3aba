package dev.testudo.image.oci;

import dev.testudo.image.oci.Digest.Algorithm;
import dev.testudo.image.oci.ManifestReference.ByTag;
import java.util.regex.Pattern;

/// The tag of the signatures of an image: `sha256-HEX.sig`, with the digest of the image's manifest
/// (cosign, SIGNATURE_SPEC.md, "Tag-based Discovery").
public final class SignatureTag {
  private static final Pattern FORM = Pattern.compile("sha256-[0-9a-f]{64}\\.sig");

  private SignatureTag() {}

  /// Returns the tag for an image.
  ///
  /// @throws ImageException if the digest is not SHA-256; others are too long for a tag
  public static ByTag of(Digest image) throws ImageException {
    if (image.algorithm() != Algorithm.SHA256) {
      throw new ImageException(
          ImageFault.UNSUPPORTED,
          "%s: only images with a sha256 digest have signatures".formatted(image));
    }
    return new ByTag("sha256-%s.sig".formatted(image.hex()));
  }

  /// Returns whether `tag` is one of signatures.
  public static boolean isOne(String tag) {
    return FORM.matcher(tag).matches();
  }
}
