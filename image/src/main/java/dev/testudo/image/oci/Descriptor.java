package dev.testudo.image.oci;

import dev.testudo.trust.json.JsonBuilder;
import dev.testudo.trust.json.JsonValue;
import dev.testudo.trust.json.JsonValue.JsonObject;
import dev.testudo.trust.json.MessageException;
import java.util.Collections;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/// Names a blob or a manifest by its content (OCI image-spec, descriptor.md).
///
/// @param mediaType the type as written, see [MediaType]
/// @param digest the digest of the content
/// @param size the size of the content, bytes
/// @param platform what it runs on, if it is the manifest of an image in an index
/// @param annotations annotations by name
/// @param others members that Testudo does not know, such as `urls` and `artifactType`
public record Descriptor(
    String mediaType,
    Digest digest,
    long size,
    Optional<Platform> platform,
    Map<String, String> annotations,
    Map<String, JsonValue> others) {
  /// Copies the maps.
  ///
  /// @throws IllegalArgumentException if the size is negative
  public Descriptor {
    if (size < 0) {
      throw new IllegalArgumentException("a size is not negative");
    }
    annotations = Collections.unmodifiableMap(new TreeMap<>(annotations));
    others = Collections.unmodifiableMap(new TreeMap<>(others));
  }

  /// Returns a descriptor without platform, annotations and other members.
  public static Descriptor of(MediaType type, Digest digest, long size) {
    return of(type.text(), digest, size);
  }

  /// Returns a descriptor without platform, annotations and other members.
  public static Descriptor of(String mediaType, Digest digest, long size) {
    return new Descriptor(mediaType, digest, size, Optional.empty(), Map.of(), Map.of());
  }

  /// Returns the descriptor of `content`.
  public static Descriptor of(MediaType type, byte[] content) {
    return of(type, Digest.of(content), content.length);
  }

  /// Returns the same descriptor with the given annotations instead of its own.
  public Descriptor withAnnotations(Map<String, String> changed) {
    return new Descriptor(mediaType, digest, size, platform, changed, others);
  }

  /// Returns the same descriptor with the given platform.
  public Descriptor withPlatform(Platform changed) {
    return new Descriptor(mediaType, digest, size, Optional.of(changed), annotations, others);
  }

  /// Returns what the media type is, unless Testudo does not know it.
  public Optional<MediaType> type() {
    return MediaType.of(mediaType);
  }

  /// Reads a descriptor.
  ///
  /// @param where the name of the member in messages
  /// @throws MessageException if it is malformed
  public static Descriptor read(JsonValue value, String where) throws MessageException {
    var members = OciJson.members(value, where);
    var platform = members.optional("platform");
    return new Descriptor(
        members.text("mediaType"),
        OciJson.digest(members, "digest"),
        members.natural("size"),
        platform.isPresent()
            ? Optional.of(Platform.read(platform.get(), where + ".platform"))
            : Optional.empty(),
        OciJson.texts(members, "annotations"),
        members.rest());
  }

  /// Returns the descriptor as an object.
  public JsonObject json() {
    var json =
        new JsonBuilder()
            .put("mediaType", mediaType)
            .put("digest", digest.toString())
            .put("size", size);
    platform.ifPresent(one -> json.put("platform", one.json()));
    if (!annotations.isEmpty()) {
      json.put("annotations", OciJson.object(annotations));
    }
    others.forEach(json::put);
    return json.build();
  }
}
