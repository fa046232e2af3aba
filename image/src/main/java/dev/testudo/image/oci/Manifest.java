package dev.testudo.image.oci;

import dev.testudo.image.oci.MediaType.Kind;
import dev.testudo.trust.json.Json;
import dev.testudo.trust.json.JsonBuilder;
import dev.testudo.trust.json.JsonMembers;
import dev.testudo.trust.json.JsonValue;
import dev.testudo.trust.json.JsonValue.JsonArray;
import dev.testudo.trust.json.MessageException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/// A manifest: what an image consists of (OCI image-spec, manifest.md; Docker image manifest 2,
/// schema 2).
///
/// @param type [MediaType#OCI_MANIFEST] or [MediaType#DOCKER_MANIFEST]
/// @param config the configuration
/// @param layers the layers, the lowest first
/// @param annotations annotations by name
/// @param others members that Testudo does not know, and `subject` and `artifactType`
public record Manifest(
    MediaType type,
    Descriptor config,
    List<Descriptor> layers,
    Map<String, String> annotations,
    Map<String, JsonValue> others) {
  /// The most layers: as many as overlayfs can merge.
  public static final int MAX_LAYERS = 500;

  /// Copies the collections.
  ///
  /// @throws IllegalArgumentException if the type is not that of a manifest
  public Manifest {
    if (type.kind() != Kind.MANIFEST) {
      throw new IllegalArgumentException("not the type of a manifest");
    }
    layers = List.copyOf(layers);
    annotations = Collections.unmodifiableMap(new TreeMap<>(annotations));
    others = Collections.unmodifiableMap(new TreeMap<>(others));
  }

  /// Reads a manifest.
  ///
  /// @throws MessageException if it is malformed
  public static Manifest read(RawManifest raw) throws IOException {
    var members = OciJson.document(raw, "manifest", "manifests");
    var type = OciJson.type(raw, members, Kind.MANIFEST);
    var layers = OciJson.array(members, "layers");
    if (layers.size() > MAX_LAYERS) {
      throw new MessageException("the manifest has more than %d layers".formatted(MAX_LAYERS));
    }
    return new Manifest(
        type,
        config(members),
        OciJson.descriptors(layers, "manifest.layers"),
        OciJson.texts(members, "annotations"),
        members.rest());
  }

  private static Descriptor config(JsonMembers members) throws MessageException {
    var config = members.optional("config");
    if (config.isEmpty()) {
      throw new MessageException("`manifest` has no `config`");
    }
    return Descriptor.read(config.get(), "manifest.config");
  }

  /// Returns the bytes of the manifest. The same manifest always has the same bytes.
  ///
  /// @throws ImageException if they exceed [RawManifest#MAX_BYTES]
  public RawManifest write() throws ImageException {
    var elements = new ArrayList<JsonValue>();
    layers.forEach(layer -> elements.add(layer.json()));
    var json =
        new JsonBuilder()
            .put("schemaVersion", 2)
            .put("mediaType", type.text())
            .put("config", config.json())
            .put("layers", new JsonArray(elements));
    if (!annotations.isEmpty()) {
      json.put("annotations", OciJson.object(annotations));
    }
    others.forEach(json::put);
    return new RawManifest(type.text(), Json.write(OciJson.sorted(json.build())));
  }
}
