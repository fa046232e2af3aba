package dev.testudo.it.kube;

import com.fasterxml.jackson.databind.JsonNode;
import java.lang.reflect.InvocationTargetException;

/// Validates objects strictly: those of Kubernetes by the models that it generates from its API,
/// custom ones by their structural schemas. A field that the API does not have is refused.
final class ObjectRules {
  private ObjectRules() {}

  /// @param before the object so far; missing if it is new
  static void check(ApiKind kind, JsonNode object, JsonNode before) throws ApiFault {
    if (!object.path("apiVersion").asText().equals(kind.apiVersion())
        || !object.path("kind").asText().equals(kind.kind())) {
      throw new ApiFault(400, "BadRequest", "the object is no " + kind.kind());
    }
    if (kind.isCustom()) {
      custom("", kind.schema(), object, before);
    } else {
      builtIn(kind, object);
    }
  }

  private static void builtIn(ApiKind kind, JsonNode object) throws ApiFault {
    if (kind.kind().equals("CustomResourceDefinition")) {
      // Its models demand fields of the status, which only the server sets.
      return;
    }
    var model = "io.kubernetes.client.openapi.models.V1" + kind.kind();
    try {
      Class.forName(model).getMethod("fromJson", String.class).invoke(null, object.toString());
    } catch (InvocationTargetException e) {
      throw ApiFault.invalid(String.valueOf(e.getCause()));
    } catch (ReflectiveOperationException e) {
      throw new LinkageError("no model " + model, e);
    }
  }

  private static void custom(String path, JsonNode schema, JsonNode value, JsonNode before)
      throws ApiFault {
    switch (schema.path("type").asText()) {
      case "object" -> object(path, schema, value, before);
      case "array" -> {
        demand(value.isArray(), path, "array");
        for (int i = 0; i < value.size(); i++) {
          custom(path + "/" + i, schema.path("items"), value.get(i), before.path(i));
        }
      }
      case "string" -> demand(value.isTextual(), path, "string");
      case "integer" -> demand(value.isIntegralNumber(), path, "integer");
      case "boolean" -> demand(value.isBoolean(), path, "boolean");
      default -> {}
    }
    for (var rule : schema.path("x-kubernetes-validations")) {
      if (!before.isMissingNode() && !holds(rule.path("rule").asText(), value, before)) {
        throw ApiFault.invalid(path + ": " + rule.path("message").asText());
      }
    }
  }

  /// Evaluates the only kind of rule that Testudo uses: fields that do not change.
  private static boolean holds(String rule, JsonNode value, JsonNode before) {
    for (var term : rule.split(" && ", -1)) {
      var field = term.replaceFirst("^self\\.(\\w+) == oldSelf\\.\\1$", "$1");
      if (field.equals(term)) {
        throw new IllegalArgumentException("not a rule that is known here: " + term);
      }
      if (!value.path(field).equals(before.path(field))) {
        return false;
      }
    }
    return true;
  }

  private static void object(String path, JsonNode schema, JsonNode value, JsonNode before)
      throws ApiFault {
    demand(value.isObject(), path, "object");
    for (var required : schema.path("required")) {
      if (!value.has(required.asText())) {
        throw ApiFault.invalid(path + "/" + required.asText() + ": Required value");
      }
    }
    var open = schema.path("x-kubernetes-preserve-unknown-fields").asBoolean();
    for (var member : value.properties()) {
      var name = member.getKey();
      var known = schema.path("properties").path(name);
      var header = path.isEmpty() && name.matches("apiVersion|kind|metadata");
      if (known.isMissingNode() && !header && !open) {
        throw ApiFault.invalid("unknown field \"%s/%s\"".formatted(path, name));
      }
      if (!header && !known.isMissingNode()) {
        custom(path + "/" + name, known, member.getValue(), before.path(name));
      }
    }
  }

  private static void demand(boolean holds, String path, String type) throws ApiFault {
    if (!holds) {
      throw ApiFault.invalid(path + ": must be of type " + type);
    }
  }
}
