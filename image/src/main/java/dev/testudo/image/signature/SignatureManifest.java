package dev.testudo.image.signature;

import dev.testudo.image.oci.BlobSink;
import dev.testudo.image.oci.BlobSource;
import dev.testudo.image.oci.Descriptor;
import dev.testudo.image.oci.Digest;
import dev.testudo.image.oci.ImageException;
import dev.testudo.image.oci.ImageFault;
import dev.testudo.image.oci.Manifest;
import dev.testudo.image.oci.MediaType;
import dev.testudo.image.oci.SignatureTag;
import dev.testudo.trust.json.Json;
import dev.testudo.trust.json.JsonBuilder;
import dev.testudo.trust.json.JsonValue;
import dev.testudo.trust.json.MessageException;
import dev.testudo.trust.pki.DetachedSignature;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.security.PublicKey;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// The manifest with the signatures of an image: each layer is a payload, and its descriptor has
/// the signature of it.
///
/// @param layers the payloads, those that other tools add included
/// @param annotations annotations of the manifest
/// @param others members of the manifest that Testudo does not know
record SignatureManifest(
    List<Descriptor> layers, Map<String, String> annotations, Map<String, JsonValue> others) {
  /// The most signatures that are read or kept.
  static final int MAX_SIGNATURES = 100;

  private static final String PAYLOAD = "application/vnd.dev.cosign.simplesigning.v1+json";
  private static final String SIGNATURE = "dev.cosignproject.cosign/signature";
  private static final int MAX_SIGNATURE = 1024;

  /// Copies the list.
  SignatureManifest {
    layers = List.copyOf(layers);
  }

  /// Reads the signatures of an image; there are none if the manifest does not exist.
  ///
  /// @throws ImageException if it is malformed, or has too many
  static SignatureManifest read(BlobSource source, Digest image) throws IOException {
    Manifest manifest;
    try {
      manifest = Manifest.read(source.manifest(SignatureTag.of(image)));
    } catch (ImageException e) {
      if (e.fault() == ImageFault.NOT_FOUND) {
        return new SignatureManifest(List.of(), Map.of(), Map.of());
      }
      throw e;
    } catch (MessageException e) {
      throw new ImageException(
          ImageFault.MALFORMED,
          "%s: the signatures of %s: %s".formatted(source.place(), image, e.getMessage()),
          e);
    }
    if (manifest.layers().size() > MAX_SIGNATURES) {
      throw new ImageException(
          ImageFault.TOO_LARGE,
          "%s: %s has more than %d signatures".formatted(source.place(), image, MAX_SIGNATURES));
    }
    return new SignatureManifest(manifest.layers(), manifest.annotations(), manifest.others());
  }

  /// Returns how many layers have the form of a signature.
  long count() {
    return layers.stream().filter(layer -> signature(layer).isPresent()).count();
  }

  /// Reads the payloads that `key` has signed.
  List<byte[]> signedBy(PublicKey key, BlobSource source) throws IOException {
    var signed = new ArrayList<byte[]>();
    for (var layer : layers) {
      var signature = signature(layer);
      if (signature.isPresent()) {
        var payload = source.read(layer, SignaturePayload.MAX_BYTES);
        if (DetachedSignature.verifies(key, payload, signature.get())) {
          signed.add(payload);
        }
      }
    }
    return signed;
  }

  private static Optional<byte[]> signature(Descriptor layer) {
    var text = layer.annotations().getOrDefault(SIGNATURE, "");
    if (!layer.mediaType().equals(PAYLOAD) || text.isEmpty() || text.length() > MAX_SIGNATURE) {
      return Optional.empty();
    }
    try {
      return Optional.of(Base64.getDecoder().decode(text));
    } catch (IllegalArgumentException e) {
      return Optional.empty();
    }
  }

  /// Returns the manifest with one more signature.
  SignatureManifest with(byte[] payload, byte[] signature) {
    var layer =
        Descriptor.of(PAYLOAD, Digest.of(payload), payload.length)
            .withAnnotations(Map.of(SIGNATURE, Base64.getEncoder().encodeToString(signature)));
    var more = new ArrayList<>(layers);
    more.add(layer);
    return new SignatureManifest(more, annotations, others);
  }

  /// Stores the manifest beside the image.
  void write(BlobSink sink, Digest image) throws IOException {
    var config = config();
    var configured = Descriptor.of(MediaType.OCI_CONFIG, config);
    sink.put(configured, () -> new ByteArrayInputStream(config));
    var manifest = new Manifest(MediaType.OCI_MANIFEST, configured, layers, annotations, others);
    sink.putManifest(SignatureTag.of(image), manifest.write());
  }

  /// Returns a configuration in the form of an image's, as other tools write it. A payload is not
  /// compressed, so its digest is both.
  private byte[] config() {
    var rootfs =
        new JsonBuilder()
            .put("diff_ids", layers.stream().map(layer -> layer.digest().toString()).toList())
            .put("type", "layers");
    return Json.write(
        new JsonBuilder()
            .put("architecture", "")
            .put("config", new JsonBuilder().build())
            .put("os", "")
            .put("rootfs", rootfs.build())
            .build());
  }
}
