package dev.testudo.cas;

import dev.testudo.trust.json.Json;
import dev.testudo.trust.json.JsonValue;
import dev.testudo.trust.json.JsonValue.JsonArray;
import dev.testudo.trust.json.JsonValue.JsonBoolean;
import dev.testudo.trust.json.JsonValue.JsonNumber;
import dev.testudo.trust.json.JsonValue.JsonObject;
import dev.testudo.trust.json.JsonValue.JsonString;
import dev.testudo.trust.json.MessageException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/// An OpenAPI document, and what an answer must be according to it. It knows the keywords of JSON
/// Schema that the document uses, and fails at any other.
final class OpenApiDocument {
  private static final Set<String> REMARKS = Set.of("description", "format");
  private static final int LIMIT = 1 << 20;
  private final JsonObject root;

  private OpenApiDocument(JsonObject root) {
    this.root = root;
  }

  static OpenApiDocument read(byte[] json) throws MessageException {
    return new OpenApiDocument((JsonObject) Json.read(json, LIMIT));
  }

  /// Returns all operations, such as `GET /v1/version`, with the paths up to their parameters.
  Set<String> operations() {
    var all = new TreeSet<String>();
    object(root, "paths")
        .members()
        .forEach(
            (path, methods) ->
                ((JsonObject) methods)
                    .members()
                    .keySet()
                    .forEach(
                        method ->
                            all.add(
                                method.toUpperCase(Locale.ROOT)
                                    + " "
                                    + path.replaceAll("\\{.*", ""))));
    return all;
  }

  /// Returns the values of an enumeration among the schemas.
  List<String> enumeration(String schema) {
    return texts(object(object(object(root, "components"), "schemas"), schema), "enum");
  }

  /// Returns what is wrong with an answer; empty if it is as the document says.
  List<String> problems(String method, String path, int status, byte[] body)
      throws MessageException {
    var operation = operation(method, path);
    if (operation.isEmpty()) {
      return List.of("no operation %s %s".formatted(method, path));
    }
    var responses = object(operation.get(), "responses").members();
    var response =
        (JsonObject)
            Optional.ofNullable(responses.get(String.valueOf(status)))
                .or(() -> Optional.ofNullable(responses.get("default")))
                .orElseThrow();
    var json = object(response, "content").members().get("application/json");
    if (json == null) {
      return List.of();
    }
    var problems = new ArrayList<String>();
    check("answer", Json.read(body, 8 << 20), object((JsonObject) json, "schema"), problems);
    return problems;
  }

  private Optional<JsonObject> operation(String method, String path) {
    var paths = object(root, "paths").members();
    var plain = path.replaceAll("\\?.*", "");
    var exact = Optional.ofNullable(paths.get(plain));
    return exact
        .or(
            () ->
                paths.entrySet().stream()
                    .filter(one -> one.getKey().contains("{"))
                    .filter(one -> plain.startsWith(one.getKey().replaceAll("\\{.*", "")))
                    .map(java.util.Map.Entry::getValue)
                    .findFirst())
        .flatMap(
            methods ->
                Optional.ofNullable(
                    ((JsonObject) methods).members().get(method.toLowerCase(Locale.ROOT))))
        .map(JsonObject.class::cast);
  }

  private void check(String where, JsonValue value, JsonObject schema, List<String> problems) {
    for (var keyword : schema.members().entrySet()) {
      var rule = keyword.getValue();
      var wrong =
          switch (keyword.getKey()) {
            case "$ref" -> {
              check(where, value, referenced(rule), problems);
              yield false;
            }
            case "oneOf" ->
                ((JsonArray) rule).elements().stream().filter(s -> fits(value, s)).count() != 1;
            case "type" -> !isA(value, ((JsonString) rule).value());
            case "enum" -> !((JsonArray) rule).elements().contains(value);
            case "const" -> !rule.equals(value);
            case "pattern" -> !((JsonString) value).value().matches(((JsonString) rule).value());
            case "required" ->
                !((JsonObject) value).members().keySet().containsAll(texts(schema, "required"));
            case "items" -> {
              for (var element : ((JsonArray) value).elements()) {
                check(where + "[]", element, (JsonObject) rule, problems);
              }
              yield false;
            }
            case "properties" -> {
              members(where, (JsonObject) value, (JsonObject) rule, problems);
              yield false;
            }
            case "additionalProperties" -> hasOthers(where, (JsonObject) value, schema, problems);
            case "maxItems" -> ((JsonArray) value).elements().size() > ((JsonNumber) rule).value();
            case "minimum" -> ((JsonNumber) value).value() < ((JsonNumber) rule).value();
            case "maximum" -> ((JsonNumber) value).value() > ((JsonNumber) rule).value();
            case String other when REMARKS.contains(other) -> false;
            case String other -> throw new AssertionError("unknown keyword " + other);
          };
      if (wrong) {
        problems.add("%s does not satisfy `%s`".formatted(where, keyword.getKey()));
      }
    }
  }

  private boolean fits(JsonValue value, JsonValue schema) {
    var problems = new ArrayList<String>();
    check("", value, (JsonObject) schema, problems);
    return problems.isEmpty();
  }

  private void members(String where, JsonObject value, JsonObject schemas, List<String> problems) {
    schemas
        .members()
        .forEach(
            (name, schema) -> {
              var member = value.members().get(name);
              if (member != null) {
                check(where + "." + name, member, (JsonObject) schema, problems);
              }
            });
  }

  private boolean hasOthers(
      String where, JsonObject value, JsonObject schema, List<String> problems) {
    var known =
        schema.members().get("properties") instanceof JsonObject(var names)
            ? names.keySet()
            : Set.<String>of();
    var others = new TreeSet<>(value.members().keySet());
    others.removeAll(known);
    if (schema.members().get("additionalProperties") instanceof JsonObject rule) {
      for (var other : others) {
        var member = Optional.ofNullable(value.members().get(other)).orElseThrow();
        check(where + "." + other, member, rule, problems);
      }
      return false;
    }
    return !others.isEmpty();
  }

  private static boolean isA(JsonValue value, String type) {
    return switch (type) {
      case "object" -> value instanceof JsonObject;
      case "array" -> value instanceof JsonArray;
      case "string" -> value instanceof JsonString;
      case "integer" -> value instanceof JsonNumber;
      case "boolean" -> value instanceof JsonBoolean;
      default -> throw new AssertionError(type);
    };
  }

  private JsonObject referenced(JsonValue reference) {
    var node = root;
    for (var step : ((JsonString) reference).value().substring("#/".length()).split("/", -1)) {
      node = object(node, step);
    }
    return node;
  }

  private static JsonObject object(JsonObject parent, String name) {
    return (JsonObject)
        Optional.ofNullable(parent.members().get(name))
            .orElseThrow(() -> new AssertionError("no " + name));
  }

  private static List<String> texts(JsonObject parent, String name) {
    return ((JsonArray) Optional.ofNullable(parent.members().get(name)).orElseThrow())
        .elements().stream().map(element -> ((JsonString) element).value()).toList();
  }
}
