package dev.testudo.trust.channel;

import dev.testudo.trust.json.JsonBuilder;
import dev.testudo.trust.json.JsonMembers;
import dev.testudo.trust.json.JsonValue;
import dev.testudo.trust.json.MessageException;
import dev.testudo.trust.secret.Secret;
import java.util.ArrayList;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// Files of the image in which the agent replaces placeholders, and the values for them.
///
/// @param softwareIdentity the measurement of the service, in hexadecimal
/// @param values the secrets that the files may use: by name, then by the name of the format
public record FileTemplates(
    List<Template> files, String softwareIdentity, Map<String, Map<String, Secret>> values) {
  /// For a program without such files.
  public static final FileTemplates NONE = new FileTemplates(List.of(), "", Map.of());

  /// A file of the image.
  ///
  /// @param path absolute
  /// @param mode the permission bits of the result, at most `0777`
  public record Template(String path, int mode) {}

  /// Copies the collections.
  public FileTemplates {
    files = List.copyOf(files);
    values = Map.copyOf(values);
  }

  JsonValue json() {
    Map<String, JsonValue> secrets = new LinkedHashMap<>();
    values.forEach((name, formats) -> secrets.put(name, encoded(formats)));
    var list =
        files.stream()
            .<JsonValue>map(
                file -> new JsonBuilder().put("path", file.path()).put("mode", file.mode()).build())
            .toList();
    return new JsonBuilder()
        .put("files", new JsonValue.JsonArray(list))
        .put("software_identity", softwareIdentity)
        .put("values", new JsonValue.JsonObject(secrets))
        .build();
  }

  private static JsonValue encoded(Map<String, Secret> formats) {
    Map<String, String> encoded = new LinkedHashMap<>();
    formats.forEach(
        (format, value) -> encoded.put(format, value.reveal(Base64.getEncoder()::encodeToString)));
    var json = new JsonBuilder();
    encoded.forEach(json::put);
    return json.build();
  }

  static FileTemplates read(JsonValue value) throws MessageException {
    var fields = JsonMembers.of(value, "templates");
    var files = new ArrayList<Template>();
    for (var element : fields.array("files")) {
      var file = JsonMembers.of(element, "template");
      var path = file.text("path");
      if (!path.startsWith("/") || path.indexOf('\0') >= 0) {
        throw file.wrong("path", "an absolute path");
      }
      files.add(new Template(path, (int) file.number("mode", 0, 0777)));
      file.done();
    }
    var identity = fields.text("software_identity");
    var values = fields.optional("values");
    if (!(values.isPresent() && values.get() instanceof JsonValue.JsonObject(var secrets))) {
      throw fields.wrong("values", "an object");
    }
    Map<String, Map<String, Secret>> decoded = new LinkedHashMap<>();
    for (var secret : secrets.entrySet()) {
      decoded.put(secret.getKey(), formats(fields, secret.getValue()));
    }
    fields.done();
    return new FileTemplates(files, identity, decoded);
  }

  private static Map<String, Secret> formats(JsonMembers fields, JsonValue value)
      throws MessageException {
    if (!(value instanceof JsonValue.JsonObject(var formats))) {
      throw fields.wrong("values", "an object of objects");
    }
    Map<String, Secret> decoded = new LinkedHashMap<>();
    for (var format : formats.entrySet()) {
      if (!(format.getValue() instanceof JsonValue.JsonString(var text))) {
        throw fields.wrong("values", "base64");
      }
      try {
        decoded.put(format.getKey(), Secret.taking(Base64.getDecoder().decode(text)));
      } catch (IllegalArgumentException e) {
        throw fields.wrong("values", "base64");
      }
    }
    return decoded;
  }

  /// Wipes the values.
  void wipe() {
    values.values().forEach(formats -> formats.values().forEach(Secret::close));
  }

  @Override
  public String toString() {
    return "FileTemplates[%s, %s]".formatted(files, values.keySet());
  }
}
