package dev.testudo.cli.image;

import dev.testudo.image.oci.BlobSource;
import dev.testudo.image.oci.Digest;
import dev.testudo.image.signature.ImageSignatures;
import dev.testudo.image.signature.SignatureVerdict;
import dev.testudo.image.signature.SignatureVerdict.Signed;
import dev.testudo.image.signature.SignatureVerdict.Unsigned;
import dev.testudo.policy.source.Printable;
import dev.testudo.trust.json.JsonBuilder;
import dev.testudo.trust.json.JsonValue;
import dev.testudo.trust.pki.KeyHash;
import java.io.IOException;
import java.security.PublicKey;

/// Whether an image is signed by a key.
///
/// @param key the hash of the key
/// @param repository the repository that the signature must name
/// @param verdict whether there is such a signature
public record SignatureClaim(KeyHash key, String repository, SignatureVerdict verdict) {
  /// Verifies the signatures of an image.
  ///
  /// @param image the digest of the manifest or index that the user names
  /// @throws IOException if the source fails, or the signatures are malformed
  public static SignatureClaim of(BlobSource source, String repository, Digest image, PublicKey key)
      throws IOException {
    return new SignatureClaim(
        KeyHash.of(key), repository, ImageSignatures.verify(source, repository, image, key));
  }

  /// Returns true if the image is signed.
  public boolean holds() {
    return verdict instanceof Signed;
  }

  /// Returns why the claim does not hold.
  public String refusal() {
    return verdict instanceof Unsigned(var why) ? why : "";
  }

  /// Returns the line about the signature.
  public String line() {
    var text =
        switch (verdict) {
          case Signed(var identity) -> "valid for %s, by the key %s".formatted(identity, key);
          case Unsigned(var why) -> "refused: " + why;
        };
    return "%-12s %s".formatted("signature", Printable.of(text));
  }

  /// Returns the same as an object.
  public JsonValue json() {
    var json =
        new JsonBuilder().put("key", key.text()).put("identity", repository).put("valid", holds());
    if (verdict instanceof Unsigned(var why)) {
      json.put("reason", why);
    }
    return json.build();
  }
}
