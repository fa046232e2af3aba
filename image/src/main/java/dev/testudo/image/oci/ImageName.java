package dev.testudo.image.oci;

import dev.testudo.image.oci.ManifestReference.ByDigest;
import dev.testudo.image.oci.ManifestReference.ByTag;
import java.util.Optional;

/// The name of an image in a registry, by the grammar of the distribution project
/// (`distribution/reference`). `redis` means `docker.io/library/redis:latest`.
///
/// @param registry the registry's host and, if given, port
/// @param repository the path within the registry
/// @param tag the tag; empty if only a digest is given
/// @param digest the digest, which decides if both are given
public record ImageName(
    String registry, String repository, Optional<String> tag, Optional<Digest> digest) {
  /// The registry of names that give none.
  public static final String DEFAULT_REGISTRY = "docker.io";

  /// The tag of names that give neither tag nor digest.
  public static final String DEFAULT_TAG = "latest";

  /// Checks the parts.
  ///
  /// @throws IllegalArgumentException if a part is malformed
  public ImageName {
    if (!ImageNameReader.isRegistry(registry)
        || !ImageNameReader.isRepository(repository)
        || !tag.map(ImageNameReader::isTag).orElse(digest.isPresent())) {
      throw new IllegalArgumentException("malformed name of an image");
    }
  }

  /// Reads the name of an image.
  public static ImageNameReading read(String text) {
    return new ImageNameReader(text).read();
  }

  /// Parses the name of an image; returns empty if it is malformed, see [#read].
  public static Optional<ImageName> parse(String text) {
    return read(text) instanceof ImageNameReading.Read(var name)
        ? Optional.of(name)
        : Optional.empty();
  }

  /// Returns how the registry knows the manifest: by digest if there is one, otherwise by tag.
  public ManifestReference reference() {
    return digest.isPresent() ? new ByDigest(digest.get()) : new ByTag(tag.orElse(DEFAULT_TAG));
  }

  /// Returns the same image by its content.
  public ImageName withDigest(Digest content) {
    return new ImageName(registry, repository, tag, Optional.of(content));
  }

  /// Returns the full name, with everything that the short form leaves out.
  @Override
  public String toString() {
    return registry
        + "/"
        + repository
        + tag.map(text -> ":" + text).orElse("")
        + digest.map(one -> "@" + one).orElse("");
  }
}
