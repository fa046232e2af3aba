package dev.testudo.image.oci;

import dev.testudo.image.oci.MediaType.Kind;
import dev.testudo.trust.json.Json;
import dev.testudo.trust.json.JsonBuilder;
import dev.testudo.trust.json.JsonValue;
import dev.testudo.trust.json.JsonValue.JsonArray;
import dev.testudo.trust.json.MessageException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.TreeSet;

/// An index: an image for each of several platforms (OCI image-spec, image-index.md; Docker calls
/// it a manifest list).
///
/// @param type [MediaType#OCI_INDEX] or [MediaType#DOCKER_INDEX]
/// @param manifests manifests, or further indexes
/// @param annotations annotations by name
/// @param others members that Testudo does not know, and `subject` and `artifactType`
public record Index(
    MediaType type,
    List<Descriptor> manifests,
    Map<String, String> annotations,
    Map<String, JsonValue> others) {
  /// The most manifests of an index.
  public static final int MAX_MANIFESTS = 4096;

  /// What builders write as the platform of manifests that are not images, such as attestations.
  private static final String UNKNOWN = "unknown";

  /// Copies the collections.
  ///
  /// @throws IllegalArgumentException if the type is not that of an index
  public Index {
    if (type.kind() != Kind.INDEX) {
      throw new IllegalArgumentException("not the type of an index");
    }
    manifests = List.copyOf(manifests);
    annotations = Collections.unmodifiableMap(new TreeMap<>(annotations));
    others = Collections.unmodifiableMap(new TreeMap<>(others));
  }

  /// Reads an index.
  ///
  /// @throws MessageException if it is malformed
  public static Index read(RawManifest raw) throws IOException {
    var members = OciJson.document(raw, "index", "layers");
    var type = OciJson.type(raw, members, Kind.INDEX);
    var manifests = OciJson.array(members, "manifests");
    if (manifests.size() > MAX_MANIFESTS) {
      throw new MessageException("the index has more than %d manifests".formatted(MAX_MANIFESTS));
    }
    return new Index(
        type,
        OciJson.descriptors(manifests, "index.manifests"),
        OciJson.texts(members, "annotations"),
        members.rest());
  }

  /// Finds the manifest for a platform: the first one with its operating system and architecture,
  /// and its variant if it has one. A manifest without a platform is chosen if it is the only one.
  ///
  /// @param place where the index is from, for the message
  /// @throws ImageException with [ImageFault#NO_PLATFORM] that names those that exist
  public Descriptor select(Platform wanted, String place) throws ImageException {
    if (manifests.size() == 1 && manifests.getFirst().platform().isEmpty()) {
      return manifests.getFirst();
    }
    var found =
        manifests.stream()
            .filter(one -> one.platform().filter(wanted::accepts).isPresent())
            .findFirst();
    return found.orElseThrow(
        () ->
            new ImageException(
                ImageFault.NO_PLATFORM,
                "%s: there is no image for %s, only for %s".formatted(place, wanted, platforms())));
  }

  private String platforms() {
    var names = new TreeSet<String>();
    for (var manifest : manifests) {
      manifest
          .platform()
          .filter(platform -> !platform.os().equals(UNKNOWN))
          .ifPresent(platform -> names.add(platform.toString()));
    }
    return names.isEmpty() ? "no platform at all" : String.join(", ", names);
  }

  /// Finds the manifests that have a tag in a layout, by the annotation `ref.name`.
  public List<Descriptor> tagged(String tag) {
    return manifests.stream().filter(one -> tagOf(one).equals(Optional.of(tag))).toList();
  }

  /// Returns the tag that a layout gives a manifest.
  public static Optional<String> tagOf(Descriptor manifest) {
    return Optional.ofNullable(manifest.annotations().get(Annotations.REF_NAME));
  }

  /// Returns the bytes of the index. The same index always has the same bytes.
  ///
  /// @throws ImageException if they exceed [RawManifest#MAX_BYTES]
  public RawManifest write() throws ImageException {
    var elements = new ArrayList<JsonValue>();
    manifests.forEach(manifest -> elements.add(manifest.json()));
    var json =
        new JsonBuilder()
            .put("schemaVersion", 2)
            .put("mediaType", type.text())
            .put("manifests", new JsonArray(elements));
    if (!annotations.isEmpty()) {
      json.put("annotations", OciJson.object(annotations));
    }
    others.forEach(json::put);
    return new RawManifest(type.text(), Json.write(OciJson.sorted(json.build())));
  }
}
