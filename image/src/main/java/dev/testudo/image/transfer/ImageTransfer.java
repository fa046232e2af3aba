package dev.testudo.image.transfer;

import dev.testudo.image.oci.BlobSink;
import dev.testudo.image.oci.BlobSource;
import dev.testudo.image.oci.Descriptor;
import dev.testudo.image.oci.Digest;
import dev.testudo.image.oci.ImageException;
import dev.testudo.image.oci.ImageFault;
import dev.testudo.image.oci.Index;
import dev.testudo.image.oci.Manifest;
import dev.testudo.image.oci.ManifestReference;
import dev.testudo.image.oci.ManifestReference.ByDigest;
import dev.testudo.image.oci.MediaType;
import dev.testudo.image.oci.MediaType.Kind;
import dev.testudo.image.oci.Platform;
import dev.testudo.image.oci.RawManifest;
import dev.testudo.trust.json.MessageException;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/// Copies an image byte for byte: the blobs first, then the manifests that name them, and last the
/// one with the tag. So whoever reads the tag finds everything, and a transfer that ends early
/// leaves the tag as it was.
public final class ImageTransfer {
  private static final int MAX_DEPTH = 4;
  private static final int MAX_MANIFESTS = 256;

  private final BlobSource from;
  private final BlobSink to;
  private final TransferListener listener;
  private final Map<Digest, RawManifest> manifests = new LinkedHashMap<>();
  private final Map<Digest, Descriptor> blobs = new LinkedHashMap<>();

  /// Creates a transfer of one image.
  public ImageTransfer(BlobSource from, BlobSink to, TransferListener listener) {
    this.from = from;
    this.to = to;
    this.listener = listener;
  }

  /// Copies an image.
  ///
  /// @param image what to copy
  /// @param name what to call it there
  /// @param platform which image of an index; without one, the index with all its images
  /// @return the descriptor of the manifest or index that has the name
  /// @throws ImageException if the image is malformed, or has a layer that must not be copied
  /// @throws IOException if one of the places fails
  public Descriptor copy(
      ManifestReference image, ManifestReference name, Optional<Platform> platform)
      throws IOException {
    var top = from.manifest(image);
    try {
      for (var depth = 0; platform.isPresent() && isIndex(top); depth++) {
        checkDepth(depth);
        var chosen = Index.read(top).select(platform.get(), from.place());
        top = from.manifest(new ByDigest(chosen.digest()));
      }
      plan(top, 0);
    } catch (MessageException e) {
      throw new ImageException(
          ImageFault.MALFORMED, "%s: %s: %s".formatted(from.place(), image, e.getMessage()), e);
    }
    send();
    for (var manifest : manifests.entrySet()) {
      if (!manifest.getKey().equals(top.descriptor().digest())) {
        to.putManifest(new ByDigest(manifest.getKey()), manifest.getValue());
      }
    }
    to.putManifest(name, top);
    return top.descriptor();
  }

  private static boolean isIndex(RawManifest raw) {
    return MediaType.of(raw.mediaType()).filter(type -> type.kind() == Kind.INDEX).isPresent();
  }

  private static void checkDepth(int depth) throws MessageException {
    if (depth == MAX_DEPTH) {
      throw new MessageException("more than %d indexes name each other".formatted(depth));
    }
  }

  /// Collects what a manifest or index names, the inner ones first.
  private void plan(RawManifest raw, int depth) throws IOException {
    checkDepth(depth);
    if (manifests.size() == MAX_MANIFESTS) {
      throw new MessageException("more than %d manifests".formatted(MAX_MANIFESTS));
    }
    if (isIndex(raw)) {
      for (var inner : Index.read(raw).manifests()) {
        if (!manifests.containsKey(inner.digest())) {
          plan(from.manifest(new ByDigest(inner.digest())), depth + 1);
        }
      }
    } else {
      var manifest = Manifest.read(raw);
      for (var layer : manifest.layers()) {
        checkCopyable(layer);
        blobs.putIfAbsent(layer.digest(), layer);
      }
      blobs.putIfAbsent(manifest.config().digest(), manifest.config());
    }
    manifests.put(raw.descriptor().digest(), raw);
  }

  private void checkCopyable(Descriptor layer) throws ImageException {
    if (layer.type().filter(MediaType::foreign).isPresent()) {
      throw new ImageException(
          ImageFault.UNSUPPORTED,
          "%s: the layer %s must not be copied: its media type is `%s`"
              .formatted(from.place(), layer.digest(), layer.mediaType()));
    }
  }

  private void send() throws IOException {
    var transfer = new BlobTransfer();
    for (var blob : blobs.values()) {
      transfer.add(blob, () -> from.open(blob));
    }
    transfer.send(to, listener);
  }
}
