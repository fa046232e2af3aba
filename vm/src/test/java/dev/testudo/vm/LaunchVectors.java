package dev.testudo.vm;

import dev.testudo.trust.attest.Vectors;
import dev.testudo.trust.attest.evidence.Octets;
import dev.testudo.trust.json.Json;
import dev.testudo.trust.json.JsonMembers;
import dev.testudo.trust.json.JsonValue;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// Public vectors of launch measurements, below `launch` in the folder of all vectors. Tests that
/// need them are reported as not run where the folder is absent.
public final class LaunchVectors {
  private static final int MOST_BYTES = 1 << 20;

  private LaunchVectors() {}

  /// Returns a file.
  ///
  /// @param name such as `snp-virtee/cases.json`
  public static Octets read(String name) {
    return Vectors.read("launch/" + name);
  }

  /// Returns a file that is an object.
  public static JsonMembers object(String name) throws IOException {
    return JsonMembers.read(read(name).toBytes(), MOST_BYTES, name);
  }

  /// Returns a file that is an array of objects.
  public static List<JsonMembers> objects(String name) throws IOException {
    var objects = new ArrayList<JsonMembers>();
    if (Json.read(read(name).toBytes(), MOST_BYTES) instanceof JsonValue.JsonArray(var elements)) {
      for (var element : elements) {
        objects.add(JsonMembers.of(element, name));
      }
    }
    return objects;
  }

  /// Returns a text that may be absent or `null`.
  public static Optional<String> text(JsonMembers members, String name) {
    return members
        .optional(name)
        .filter(JsonValue.JsonString.class::isInstance)
        .map(value -> ((JsonValue.JsonString) value).value());
  }
}
