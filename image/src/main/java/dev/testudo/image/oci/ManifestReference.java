package dev.testudo.image.oci;

/// How a manifest or an index is named within a repository, a layout or an archive.
public sealed interface ManifestReference {
  /// By a tag, which may name something else later.
  ///
  /// @param tag the tag, such as `latest`
  record ByTag(String tag) implements ManifestReference {
    @Override
    public String toString() {
      return tag;
    }
  }

  /// By its content.
  ///
  /// @param digest the digest of its bytes
  record ByDigest(Digest digest) implements ManifestReference {
    @Override
    public String toString() {
      return digest.toString();
    }
  }
}
