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

/// Takes an object's members apart by name and type, then checks that none is left over.
/// Used by one thread; ends with [#done()].
public final class JsonMembers {
  private final Map<String, JsonValue> members;
  private final String where;
  private final Set<String> taken = new HashSet<>();

  private JsonMembers(Map<String, JsonValue> members, String where) {
    this.members = members;
    this.where = where;
  }

  /// The members of `value`, which must be an object; `where` names it in errors.
  public static JsonMembers of(JsonValue value, String where) throws MessageException {
    if (value instanceof JsonObject(var members)) {
      return new JsonMembers(members, where);
    }
    throw new MessageException("`%s` is not an object".formatted(where));
  }

  /// Reads one object from bytes, see [Json#read(byte[], int)].
  public static JsonMembers read(byte[] bytes, int limit, String where) throws MessageException {
    return of(Json.read(bytes, limit), where);
  }

  /// A text that must be there.
  public String text(String name) throws MessageException {
    return textOf(required(name), name);
  }

  /// Whether there is such a member.
  public boolean has(String name) {
    return members.containsKey(name);
  }

  /// A text that may be left out.
  public Optional<String> optionalText(String name) throws MessageException {
    var value = optional(name);
    return value.isPresent() ? Optional.of(textOf(value.get(), name)) : Optional.empty();
  }

  /// A whole number that must be there, within both bounds.
  public long number(String name, long least, long most) throws MessageException {
    if (required(name) instanceof JsonNumber(var number) && number >= least && number <= most) {
      return number;
    }
    throw wrong(name, "a whole number from %d to %d".formatted(least, most));
  }

  /// A whole number that is not negative and must be there.
  public long natural(String name) throws MessageException {
    return number(name, 0, Long.MAX_VALUE);
  }

  /// A moment that must be there, as ISO 8601 writes it in UTC.
  public Instant instant(String name) throws MessageException {
    try {
      return Instant.parse(text(name));
    } catch (DateTimeParseException e) {
      throw wrong(name, "a moment");
    }
  }

  /// `true` or `false`; must be there.
  public boolean bool(String name) throws MessageException {
    if (required(name) instanceof JsonBoolean(var value)) {
      return value;
    }
    throw wrong(name, "`true` or `false`");
  }

  /// An array that must be there.
  public List<JsonValue> array(String name) throws MessageException {
    if (required(name) instanceof JsonArray(var elements)) {
      return elements;
    }
    throw wrong(name, "an array");
  }

  /// An array of texts that must be there.
  public List<String> texts(String name) throws MessageException {
    var texts = new ArrayList<String>();
    for (var element : array(name)) {
      texts.add(textOf(element, name));
    }
    return List.copyOf(texts);
  }

  /// An array of texts, empty when it is left out.
  public List<String> optionalTexts(String name) throws MessageException {
    return members.containsKey(name) ? texts(name) : List.of();
  }

  /// An object from names to texts that must be there.
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

  /// An object that must be there.
  public JsonMembers object(String name) throws MessageException {
    return of(required(name), where + "." + name);
  }

  /// A member of any type, if there.
  public Optional<JsonValue> optional(String name) {
    taken.add(name);
    return Optional.ofNullable(members.get(name));
  }

  /// Ends the reading: a member nobody asked for is an error.
  public void done() throws MessageException {
    for (var name : members.keySet()) {
      if (!taken.contains(name)) {
        throw new MessageException("`%s` has an unknown member".formatted(where));
      }
    }
  }

  /// The error for a member that is not what it must be.
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
    throw wrong(name, "a text");
  }
}
