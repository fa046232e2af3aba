package dev.testudo.image.oci;

import dev.testudo.trust.json.JsonBuilder;
import dev.testudo.trust.json.JsonValue;
import dev.testudo.trust.json.MessageException;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/// How a layer was made (OCI image-spec, config.md).
///
/// @param createdBy the command
/// @param emptyLayer whether there is no layer for it
/// @param created when, as written
/// @param others other members, such as `author` and `comment`
public record HistoryEntry(
    Optional<String> createdBy,
    boolean emptyLayer,
    Optional<String> created,
    Map<String, JsonValue> others) {
  /// Copies the map.
  public HistoryEntry {
    others = Map.copyOf(others);
  }

  static HistoryEntry read(JsonValue value) throws MessageException {
    var members = OciJson.members(value, "history");
    return new HistoryEntry(
        members.optionalText("created_by"),
        members.has("empty_layer") && members.bool("empty_layer"),
        members.optionalText("created"),
        members.rest());
  }

  JsonValue json() {
    var json = new JsonBuilder().put("created", created).put("created_by", createdBy);
    if (emptyLayer) {
      json.put("empty_layer", true);
    }
    new TreeMap<>(others).forEach(json::put);
    return json.build();
  }
}
