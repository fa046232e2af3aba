package dev.testudo.trust.json;

import dev.testudo.trust.json.JsonValue.JsonArray;
import dev.testudo.trust.json.JsonValue.JsonBoolean;
import dev.testudo.trust.json.JsonValue.JsonNumber;
import dev.testudo.trust.json.JsonValue.JsonObject;
import dev.testudo.trust.json.JsonValue.JsonString;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/// Takes the members of an object by name and type, and then checks that none is left. Use ends
/// with [#done()]. Not thread-safe.
public final class JsonMembers {
  private final Map<String, JsonValue> members;
  private final String where;
  private final Set<String> taken = new HashSet<>();

  private JsonMembers(Map<String, JsonValue> members, String where) {
    this.members = members;
    this.where = where;
  }

  /// Returns the members of `value`, which must be an object.
  ///
  /// @param where the name of the object in error messages
  public static JsonMembers of(JsonValue value, String where) throws MessageException {
    if (value instanceof JsonObject(var members)) {
      return new JsonMembers(members, where);
    }
    throw new MessageException("`%s` is not an object".formatted(where));
  }

  /// Reads a single object from bytes, see [Json#read(byte[], int)].
  public static JsonMembers read(byte[] bytes, int limit, String where) throws MessageException {
    return of(Json.read(bytes, limit), where);
  }

  /// Takes a string that must be present.
  public String text(String name) throws MessageException {
    return textOf(required(name), name);
  }

  /// Returns true if there is a member of the given name.
  public boolean has(String name) {
    return members.containsKey(name);
  }

  /// Takes a string that may be absent.
  public Optional<String> optionalText(String name) throws MessageException {
    var value = optional(name);
    return value.isPresent() ? Optional.of(textOf(value.get(), name)) : Optional.empty();
  }

  /// Takes a whole number that must be present, from `least` to `most` inclusive.
  public long number(String name, long least, long most) throws MessageException {
    if (required(name) instanceof JsonNumber(var number) && number >= least && number <= most) {
      return number;
    }
    throw wrong(name, "a whole number from %d to %d".formatted(least, most));
  }

  /// Takes a whole number that must be present and not negative.
  public long natural(String name) throws MessageException {
    return number(name, 0, Long.MAX_VALUE);
  }

  /// Takes an instant that must be present, in ISO 8601 and UTC.
  public Instant instant(String name) throws MessageException {
    try {
      return Instant.parse(text(name));
    } catch (DateTimeParseException e) {
      throw wrong(name, "an instant in UTC");
    }
  }

  /// Takes a boolean that must be present.
  public boolean bool(String name) throws MessageException {
    if (required(name) instanceof JsonBoolean(var value)) {
      return value;
    }
    throw wrong(name, "`true` or `false`");
  }

  /// Takes an array that must be present.
  public List<JsonValue> array(String name) throws MessageException {
    if (required(name) instanceof JsonArray(var elements)) {
      return elements;
    }
    throw wrong(name, "an array");
  }

  /// Takes an array of strings that must be present.
  public List<String> texts(String name) throws MessageException {
    var texts = new ArrayList<String>();
    for (var element : array(name)) {
      texts.add(textOf(element, name));
    }
    return List.copyOf(texts);
  }

  /// Takes an array of strings; returns an empty list if it is absent.
  public List<String> optionalTexts(String name) throws MessageException {
    return members.containsKey(name) ? texts(name) : List.of();
  }

  /// Takes an object of strings that must be present.
  public Map<String, String> textMap(String name) throws MessageException {
    var map = new LinkedHashMap<String, String>();
    if (required(name) instanceof JsonObject(var entries)) {
      for (var entry : entries.entrySet()) {
        map.put(entry.getKey(), textOf(entry.getValue(), name));
      }
      return map;
    }
    throw wrong(name, "an object");
  }

  /// Takes an object that must be present.
  public JsonMembers object(String name) throws MessageException {
    return of(required(name), where + "." + name);
  }

  /// Takes a member of any type, if it is present.
  public Optional<JsonValue> optional(String name) {
    taken.add(name);
    return Optional.ofNullable(members.get(name));
  }

  /// Takes the members that are left, in their order. For formats whose unknown members are kept.
  public Map<String, JsonValue> rest() {
    var rest = new LinkedHashMap<>(members);
    rest.keySet().removeAll(taken);
    taken.addAll(rest.keySet());
    return rest;
  }

  /// Checks that every member has been taken.
  ///
  /// @throws MessageException if one is left
  public void done() throws MessageException {
    for (var name : members.keySet()) {
      if (!taken.contains(name)) {
        throw new MessageException("`%s` has an unknown member".formatted(where));
      }
    }
  }

  /// Returns the exception for a member of a wrong type or value.
  public MessageException wrong(String name, String expected) {
    return new MessageException("`%s.%s` is not %s".formatted(where, name, expected));
  }

  private JsonValue required(String name) throws MessageException {
    var value = optional(name);
    if (value.isEmpty()) {
      throw new MessageException("`%s` has no `%s`".formatted(where, name));
    }
    return value.get();
  }

  private String textOf(JsonValue value, String name) throws MessageException {
    if (value instanceof JsonString(var text)) {
      return text;
    }
    throw wrong(name, "a string");
  }
}
