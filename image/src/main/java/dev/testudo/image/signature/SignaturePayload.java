package dev.testudo.image.signature;

import dev.testudo.image.oci.Digest;
import dev.testudo.image.oci.ImageName;
import dev.testudo.trust.json.Json;
import dev.testudo.trust.json.JsonBuilder;
import dev.testudo.trust.json.JsonMembers;
import dev.testudo.trust.json.MessageException;
import java.util.Optional;

/// What a signature says about an image: a "simple signing" document
/// (containers-signature(5); cosign, SIGNATURE_SPEC.md, "Simple Signing").
///
/// @param identity the repository whose image it is, `REGISTRY/REPOSITORY`, or any other text that
///     a signer has written
/// @param image the digest of the manifest or index
record SignaturePayload(String identity, Digest image) {
  /// The most bytes of a payload.
  static final int MAX_BYTES = 64 << 10;

  private static final String TYPE = "cosign container image signature";

  byte[] write() {
    var critical =
        new JsonBuilder()
            .put("identity", new JsonBuilder().put("docker-reference", identity).build())
            .put("image", new JsonBuilder().put("docker-manifest-digest", image.toString()).build())
            .put("type", TYPE);
    return Json.write(
        new JsonBuilder()
            .put("critical", critical.build())
            .put("optional", new JsonBuilder().put("creator", "testudo").build())
            .build());
  }

  /// Reads a payload. Every member of its critical part is understood, or it is refused.
  static SignaturePayload read(byte[] bytes) throws MessageException {
    var all = JsonMembers.read(bytes, MAX_BYTES, "payload");
    var critical = all.object("critical");
    all.optional("optional");
    all.done();
    var type = critical.text("type");
    var image = critical.object("image");
    var digest =
        Digest.parse(image.text("docker-manifest-digest"))
            .orElseThrow(() -> image.wrong("docker-manifest-digest", "a digest"));
    image.done();
    var identity = critical.object("identity");
    var reference = identity.text("docker-reference");
    identity.done();
    critical.done();
    if (!type.equals(TYPE)) {
      throw new MessageException("`type` is not that of a signature");
    }
    return new SignaturePayload(reference, digest);
  }

  /// Returns whether this is about an image of a repository, with or without a tag.
  boolean isFor(String repository) {
    return ImageName.parse(identity)
        .map(name -> name.registry() + "/" + name.repository())
        .equals(Optional.of(repository));
  }
}
