package dev.testudo.trust.json;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// A JSON value. Numbers are whole and fit into 64 bits; no format here needs others.
public sealed interface JsonValue {
  /// An object. Members keep their order; names are distinct.
  record JsonObject(Map<String, JsonValue> members) implements JsonValue {
    /// Copies the members, keeping their order.
    public JsonObject {
      members = Collections.unmodifiableMap(new LinkedHashMap<>(members));
    }

    @Override
    public String toString() {
      return "JsonObject" + members.keySet();
    }
  }

  /// An array.
  record JsonArray(List<JsonValue> elements) implements JsonValue {
    /// Copies the elements.
    public JsonArray {
      elements = List.copyOf(elements);
    }

    @Override
    public String toString() {
      return "JsonArray[%d]".formatted(elements.size());
    }
  }

  /// A string. It may be secret, so its text form shows the length only.
  record JsonString(String value) implements JsonValue {
    @Override
    public String toString() {
      return "JsonString[%d]".formatted(value.length());
    }
  }

  /// A whole number.
  record JsonNumber(long value) implements JsonValue {}

  /// `true` or `false`.
  record JsonBoolean(boolean value) implements JsonValue {}

  /// `null`.
  record JsonNull() implements JsonValue {}
}
