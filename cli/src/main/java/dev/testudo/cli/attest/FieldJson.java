package dev.testudo.cli.attest;

import dev.testudo.trust.attest.evidence.Field;
import dev.testudo.trust.json.JsonBuilder;
import dev.testudo.trust.json.JsonValue;
import dev.testudo.trust.json.JsonValue.JsonArray;
import java.util.List;

/// Writes fields as JSON. docs/cli.md describes the members.
public final class FieldJson {
  private FieldJson() {}

  /// Returns a list of `name`, `value`, `meaning` and `parts`. What is empty is absent.
  public static JsonValue of(List<Field> fields) {
    return new JsonArray(fields.stream().map(FieldJson::of).toList());
  }

  private static JsonValue of(Field field) {
    var json = new JsonBuilder().put("name", field.name());
    if (!field.value().isEmpty()) {
      json.put("value", field.value());
    }
    if (!field.meaning().isEmpty()) {
      json.put("meaning", field.meaning());
    }
    if (!field.parts().isEmpty()) {
      json.put("parts", of(field.parts()));
    }
    return json.build();
  }
}
