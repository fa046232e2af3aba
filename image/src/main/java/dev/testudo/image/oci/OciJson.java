package dev.testudo.image.oci;

import dev.testudo.trust.json.Json;
import dev.testudo.trust.json.JsonMembers;
import dev.testudo.trust.json.JsonValue;
import dev.testudo.trust.json.JsonValue.JsonArray;
import dev.testudo.trust.json.JsonValue.JsonNull;
import dev.testudo.trust.json.JsonValue.JsonObject;
import dev.testudo.trust.json.JsonValue.JsonString;
import dev.testudo.trust.json.MessageException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/// What the documents of images have in common: `null` means absent, and unknown members are kept.
final class OciJson {
  private OciJson() {}

  /// Returns the members of an object, without those that are `null`.
  static JsonMembers members(JsonValue value, String where) throws MessageException {
    if (!(value instanceof JsonObject(var all))) {
      return JsonMembers.of(value, where);
    }
    var present = new LinkedHashMap<>(all);
    present.values().removeIf(JsonNull.class::isInstance);
    return JsonMembers.of(new JsonObject(present), where);
  }

  /// Returns the members of a manifest or an index.
  ///
  /// @param where its name in messages
  /// @param foreign a member of the other kind of document. One that is both would be one thing
  ///     here and another elsewhere (CVE-2021-41190)
  static JsonMembers document(RawManifest raw, String where, String foreign)
      throws MessageException {
    var members = members(Json.read(raw.content(), RawManifest.MAX_BYTES), where);
    members.number("schemaVersion", 2, 2);
    if (members.has(foreign)) {
      throw new MessageException("`%s` has `%s`".formatted(where, foreign));
    }
    return members;
  }

  /// Takes the media type of a document, which must be that of its descriptor.
  static MediaType type(RawManifest raw, JsonMembers members, MediaType.Kind kind)
      throws MessageException {
    var own = members.optionalText("mediaType");
    if (own.isPresent() && !own.get().equals(raw.mediaType())) {
      throw new MessageException("`mediaType` is not that of the descriptor");
    }
    return MediaType.of(raw.mediaType())
        .filter(type -> type.kind() == kind)
        .orElseThrow(() -> new MessageException("`mediaType` is of something else"));
  }

  static List<Descriptor> descriptors(List<JsonValue> values, String where)
      throws MessageException {
    var descriptors = new ArrayList<Descriptor>();
    for (var value : values) {
      descriptors.add(Descriptor.read(value, where));
    }
    return descriptors;
  }

  /// Takes an object of strings; returns an empty map if it is absent.
  static Map<String, String> texts(JsonMembers members, String name) throws MessageException {
    return members.has(name) ? members.textMap(name) : Map.of();
  }

  /// Takes an array; returns an empty list if it is absent.
  static List<JsonValue> array(JsonMembers members, String name) throws MessageException {
    return members.has(name) ? members.array(name) : List.of();
  }

  /// Takes a digest that must be present.
  static Digest digest(JsonMembers members, String name) throws MessageException {
    return Digest.parse(members.text(name))
        .orElseThrow(() -> members.wrong(name, "a sha256 or sha512 digest"));
  }

  /// Returns the same value with the members of all objects sorted by name, so that the same
  /// content always has the same bytes.
  static JsonValue sorted(JsonValue value) {
    return switch (value) {
      case JsonObject(var members) -> {
        var sorted = new TreeMap<String, JsonValue>();
        members.forEach((name, member) -> sorted.put(name, sorted(member)));
        yield new JsonObject(sorted);
      }
      case JsonArray(var elements) ->
          new JsonArray(List.copyOf(elements.stream().map(OciJson::sorted).toList()));
      default -> value;
    };
  }

  /// Returns an object of strings as a value.
  static JsonObject object(Map<String, String> texts) {
    var members = new TreeMap<String, JsonValue>();
    texts.forEach((name, text) -> members.put(name, new JsonString(text)));
    return new JsonObject(members);
  }
}
