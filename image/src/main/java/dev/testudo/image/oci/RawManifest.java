package dev.testudo.image.oci;

import dev.testudo.trust.json.Json;
import dev.testudo.trust.json.MessageException;

/// A manifest or an index as its bytes, which its digest covers. Immutable.
public final class RawManifest {
  /// The most bytes of a manifest or an index: as many as registries accept.
  public static final int MAX_BYTES = 4 << 20;

  private final String mediaType;
  private final byte[] content;

  /// Copies the content.
  ///
  /// @param mediaType the type that the descriptor, the registry or the document itself gives
  /// @throws ImageException if there are more than [#MAX_BYTES]
  public RawManifest(String mediaType, byte[] content) throws ImageException {
    if (content.length > MAX_BYTES) {
      throw new ImageException(
          ImageFault.TOO_LARGE,
          "a manifest has %d bytes, %d are allowed".formatted(content.length, MAX_BYTES));
    }
    this.mediaType = mediaType;
    this.content = content.clone();
  }

  /// Finds out what a document is whose descriptor is not at hand: what it says itself, or by its
  /// members.
  ///
  /// @throws MessageException if it is neither a manifest nor an index
  public static MediaType typeOf(byte[] content) throws MessageException {
    var members = OciJson.members(Json.read(content, MAX_BYTES), "manifest");
    var own = members.optionalText("mediaType");
    if (own.isPresent()) {
      return MediaType.of(own.get())
          .filter(MediaType.manifests()::contains)
          .orElseThrow(() -> new MessageException("`mediaType` is of something else"));
    }
    if (members.has("manifests") == members.has("layers")) {
      throw new MessageException("the document is neither a manifest nor an index");
    }
    return members.has("manifests") ? MediaType.OCI_INDEX : MediaType.OCI_MANIFEST;
  }

  /// Returns the media type as written, see [MediaType].
  public String mediaType() {
    return mediaType;
  }

  /// Returns a copy of the bytes.
  public byte[] content() {
    return content.clone();
  }

  /// Returns the descriptor of these bytes.
  public Descriptor descriptor() {
    return Descriptor.of(mediaType, Digest.of(content), content.length);
  }
}
