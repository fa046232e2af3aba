package dev.testudo.image.sbom;

import dev.testudo.image.oci.Digest;
import dev.testudo.trust.json.Json;
import dev.testudo.trust.json.JsonValue;
import dev.testudo.trust.json.JsonValue.JsonArray;
import dev.testudo.trust.json.JsonValue.JsonBoolean;
import dev.testudo.trust.json.JsonValue.JsonObject;
import dev.testudo.trust.json.JsonValue.JsonString;
import dev.testudo.trust.json.MessageException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;

/// The packages of npm: `package.json` of what is in `node_modules`, and of a `package-lock.json`
/// at
/// least version 2 what it locks. A lock of an application whose packages are bundled into other
/// files is the only trace of them; what it has for development only is left out.
final class NodePackages implements PackageReader {
  private static final Pattern INSTALLED =
      Pattern.compile(".*/node_modules/(@[^/]+/)?[^/@][^/]*/package\\.json");
  private static final String LOCK = "/package-lock.json";
  private static final String FOLDER = "node_modules/";

  @Override
  public boolean reads(String path) {
    return describes(path);
  }

  static boolean describes(String path) {
    return INSTALLED.matcher(path).matches()
        || (path.endsWith(LOCK) && !path.contains("/" + FOLDER));
  }

  @Override
  public int limit() {
    return 32 << 20;
  }

  @Override
  public void read(String path, Digest layer, byte[] content, SbomFindings into)
      throws SbomException {
    JsonValue json;
    try {
      json = Json.read(content, limit());
    } catch (MessageException e) {
      throw new SbomException(String.valueOf(e.getMessage()), e);
    }
    if (!(json instanceof JsonObject(var members))) {
      throw new SbomException("not a JSON object");
    }
    if (path.endsWith(LOCK)) {
      lock(members, path, layer, into);
    } else if (!text(members, "name").isEmpty()) {
      add(text(members, "name"), members, path, layer, into);
    }
  }

  private static void lock(
      Map<String, JsonValue> members, String path, Digest layer, SbomFindings into)
      throws SbomException {
    if (!(members.get("packages") instanceof JsonObject(var packages))) {
      throw new SbomException("it locks no `packages`; only versions 2 and 3 do");
    }
    packages.forEach(
        (place, one) -> {
          var at = place.lastIndexOf(FOLDER);
          if (at >= 0
              && one instanceof JsonObject(var locked)
              && !isTrue(locked, "dev")
              && !isTrue(locked, "link")) {
            add(place.substring(at + FOLDER.length()), locked, path, layer, into);
          }
        });
  }

  private static void add(
      String fullName,
      Map<String, JsonValue> members,
      String path,
      Digest layer,
      SbomFindings into) {
    var slash = fullName.startsWith("@") ? fullName.indexOf('/') : -1;
    var scope = slash < 0 ? "" : fullName.substring(0, slash);
    into.add(
        SoftwarePackage.of(
            "npm",
            scope,
            fullName.substring(slash + 1),
            text(members, "version"),
            licences(members)),
        path,
        layer);
  }

  /// The licence is an expression. Old packages have an object, or several.
  private static List<String> licences(Map<String, JsonValue> members) {
    var licences = new ArrayList<String>();
    licence(members.get("license"), licences);
    if (members.get("licenses") instanceof JsonArray(var several)) {
      several.forEach(one -> licence(one, licences));
    }
    return licences;
  }

  private static void licence(
      @org.jspecify.annotations.Nullable JsonValue value, List<String> into) {
    switch (value) {
      case JsonString(var text) -> into.add(text);
      case JsonObject(var old) -> licence(old.get("type"), into);
      case null, default -> {}
    }
  }

  private static String text(Map<String, JsonValue> members, String name) {
    return members.get(name) instanceof JsonString(var text) ? text : "";
  }

  private static boolean isTrue(Map<String, JsonValue> members, String name) {
    return members.get(name) instanceof JsonBoolean(var value) && value;
  }
}
