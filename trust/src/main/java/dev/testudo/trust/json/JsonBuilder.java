package dev.testudo.trust.json;

import dev.testudo.trust.json.JsonValue.JsonArray;
import dev.testudo.trust.json.JsonValue.JsonBoolean;
import dev.testudo.trust.json.JsonValue.JsonNumber;
import dev.testudo.trust.json.JsonValue.JsonObject;
import dev.testudo.trust.json.JsonValue.JsonString;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// Builds an object member by member. The members keep the order in which they are put.
public final class JsonBuilder {
  /// Creates an empty object.
  public JsonBuilder() {}

  private final Map<String, JsonValue> members = new LinkedHashMap<>();

  /// Adds a string.
  public JsonBuilder put(String name, String value) {
    return put(name, new JsonString(value));
  }

  /// Adds a string if there is one.
  public JsonBuilder put(String name, Optional<String> value) {
    value.ifPresent(text -> put(name, text));
    return this;
  }

  /// Adds a whole number.
  public JsonBuilder put(String name, long value) {
    return put(name, new JsonNumber(value));
  }

  /// Adds `true` or `false`.
  public JsonBuilder put(String name, boolean value) {
    return put(name, new JsonBoolean(value));
  }

  /// Adds an array of strings.
  public JsonBuilder put(String name, List<String> values) {
    return put(
        name, new JsonArray(List.copyOf(values.stream().<JsonValue>map(JsonString::new).toList())));
  }

  /// Adds an object of strings.
  public JsonBuilder put(String name, Map<String, String> values) {
    var object = new JsonBuilder();
    values.forEach(object::put);
    return put(name, object.build());
  }

  /// Adds any value.
  public JsonBuilder put(String name, JsonValue value) {
    if (members.putIfAbsent(name, value) != null) {
      throw new IllegalArgumentException("`%s` is given twice".formatted(name));
    }
    return this;
  }

  /// Returns the object.
  public JsonObject build() {
    return new JsonObject(members);
  }
}
