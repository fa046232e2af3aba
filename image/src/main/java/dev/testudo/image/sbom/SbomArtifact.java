package dev.testudo.image.sbom;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.testudo.image.oci.Descriptor;
import dev.testudo.image.oci.Digest;
import dev.testudo.image.oci.ImageStore;
import dev.testudo.image.oci.Manifest;
import dev.testudo.image.oci.ManifestReference.ByDigest;
import dev.testudo.image.oci.MediaType;
import dev.testudo.trust.json.JsonValue.JsonString;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// The bill of an image beside it: a manifest with the document, which refers to the image
/// (OCI image-spec, manifest.md, "Guidelines for Artifact Usage").
public final class SbomArtifact {
  /// The media type of the document, and the type of the artifact.
  public static final String TYPE = "application/vnd.cyclonedx+json";

  private static final String TITLE = "org.opencontainers.image.title";
  private static final String FILE = "sbom.cdx.json";

  private SbomArtifact() {}

  /// Stores a bill beside an image. To store the same again changes nothing.
  ///
  /// @param image the manifest of the image
  /// @return the digest of the manifest that refers to it
  /// @throws IOException if the store fails, or refuses
  public static Digest attach(ImageStore store, Descriptor image, byte[] document)
      throws IOException {
    var empty = "{}".getBytes(UTF_8);
    var config = Descriptor.of(MediaType.OCI_EMPTY, empty);
    var layer =
        Descriptor.of(TYPE, Digest.of(document), document.length)
            .withAnnotations(Map.of(TITLE, FILE));
    store.put(config, () -> new ByteArrayInputStream(empty));
    store.put(layer, () -> new ByteArrayInputStream(document));
    var subject = Descriptor.of(image.mediaType(), image.digest(), image.size());
    var manifest =
        new Manifest(
                MediaType.OCI_MANIFEST,
                config,
                List.of(layer),
                Map.of(),
                Map.of("artifactType", new JsonString(TYPE), "subject", subject.json()))
            .write();
    var digest = manifest.descriptor().digest();
    store.putManifest(new ByDigest(digest), manifest);
    return digest;
  }

  /// Returns the manifests of the bills that lie beside an image. Anybody who can write there may
  /// have put them there.
  ///
  /// @throws IOException if the store fails
  public static List<Descriptor> find(ImageStore store, Digest image) throws IOException {
    return store.referrers(image, Optional.of(TYPE));
  }
}
