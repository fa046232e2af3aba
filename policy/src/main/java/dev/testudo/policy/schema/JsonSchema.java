package dev.testudo.policy.schema;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/// Writes the declared keys of a file as a JSON Schema (draft 2020-12), for editors. A file that
/// the readers accept is valid. The schema knows nothing of rules between keys, so a valid file may
/// still have mistakes.
public final class JsonSchema {
  private static final Object NOTHING = Map.of("type", "null");
  private static final List<String> SINGLE = List.of("string", "number", "boolean", "null");

  /// A value that contains this may become any other one.
  private final String mark;

  private final Map<String, Object> definitions = new TreeMap<>();

  private JsonSchema(String mark) {
    this.mark = mark;
  }

  /// Returns the schema as maps, lists, strings, numbers and booleans.
  ///
  /// @param root the keys of the file's top level
  /// @param mark a regular expression for the variables of the file, which may stand for any value
  public static Map<String, Object> of(Keys root, String title, String mark) {
    var schema = new JsonSchema(mark);
    Map<String, Object> document = new LinkedHashMap<>();
    document.put("$schema", "https://json-schema.org/draft/2020-12/schema");
    document.put("title", title);
    document.putAll(schema.reference(root));
    document.put("$defs", schema.definitions);
    return document;
  }

  private Map<String, Object> reference(Keys keys) {
    var name = keys.what().replaceFirst("^an? ", "").replace("`", "").replace(' ', '-');
    if (!definitions.containsKey(name)) {
      definitions.put(name, Map.of()); // ends the recursion of a definition that contains itself
      definitions.put(name, definition(keys));
    }
    return Map.of("$ref", "#/$defs/" + name);
  }

  private Map<String, Object> definition(Keys keys) {
    Map<String, Object> properties = new LinkedHashMap<>();
    keys.all().forEach(key -> properties.put(key.name(), true));
    keys.common().forEach(key -> properties.put(key.name(), property(key)));
    Map<String, Object> definition = new LinkedHashMap<>();
    definition.put("type", "object");
    definition.put("properties", properties);
    definition.put(
        "required", keys.common().stream().filter(Key::required).map(Key::name).toList());
    definition.put("additionalProperties", false);
    keys.variants().ifPresent(v -> definition.put("allOf", variants(keys, v)));
    return definition;
  }

  /// Returns the conditions for the keys that depend on another. A value from elsewhere (`import`)
  /// may have the keys of every variant.
  private List<Object> variants(Keys keys, Keys.Variants variants) {
    var conditions = new ArrayList<>();
    variants
        .keys()
        .forEach(
            (value, own) -> {
              Map<String, Object> properties = new LinkedHashMap<>();
              own.forEach(key -> properties.put(key.name(), property(key)));
              var names = new ArrayList<>(keys.common().stream().map(Key::name).toList());
              names.addAll(properties.keySet());
              Map<String, Object> when = new LinkedHashMap<>();
              when.put("properties", Map.of(variants.by(), Map.of("const", value)));
              when.put("required", List.of(variants.by()));
              when.put("not", Map.of("required", List.of("import")));
              Map<String, Object> then = new LinkedHashMap<>();
              then.put("properties", properties);
              then.put("propertyNames", Map.of("enum", names));
              Map<String, Object> condition = new LinkedHashMap<>();
              condition.put("if", when);
              condition.put("then", then);
              conditions.add(condition);
            });
    return conditions;
  }

  private Map<String, Object> property(Key key) {
    Map<String, Object> property = new LinkedHashMap<>();
    property.put("description", key.meaning());
    switch (key.standing()) {
      case Standing.Supported() -> property.put("anyOf", alternatives(key));
      case Standing.Refused _ -> property.put("type", "null");
      case Standing.Ignored() -> property.put("deprecated", true);
    }
    return property;
  }

  private List<Object> alternatives(Key key) {
    return key.required() ? List.of(value(key.shape())) : List.of(value(key.shape()), NOTHING);
  }

  private Object value(Shape shape) {
    return switch (shape) {
      case Shape.Text(var pattern) -> text(pattern);
      case Shape.Whole(var least, var most) ->
          anyOf(
              Map.of("type", "integer", "minimum", least, "maximum", most),
              Map.of("type", "string", "pattern", "^-?[0-9]{1,18}$|" + mark));
      case Shape.Flag() -> anyOf(Map.of("enum", List.of(true, false, "true", "false")), variable());
      case Shape.Word(var words) -> anyOf(Map.of("enum", words), variable());
      case Shape.Many(var item) ->
          anyOf(value(item), Map.of("type", "array", "items", value(item)));
      case Shape.Keyed(var keys) -> reference(keys.get());
      case Shape.Named(var value, _) ->
          Map.of("type", "object", "additionalProperties", anyOf(value(value), NOTHING));
      case Shape.Either(var shapes) -> Map.of("anyOf", shapes.stream().map(this::value).toList());
      case Shape.Anything() -> true;
    };
  }

  private Object text(Optional<String> pattern) {
    Map<String, Object> text = new LinkedHashMap<>();
    text.put("type", SINGLE);
    pattern.ifPresent(p -> text.put("pattern", p + "|" + mark));
    return text;
  }

  private Object variable() {
    return Map.of("type", "string", "pattern", mark);
  }

  private static Map<String, Object> anyOf(Object... alternatives) {
    return Map.of("anyOf", List.of(alternatives));
  }
}
