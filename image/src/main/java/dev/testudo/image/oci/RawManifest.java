package dev.testudo.image.oci;

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
