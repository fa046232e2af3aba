package dev.testudo.cli;

import dev.testudo.policy.manifest.ManifestKeys;
import dev.testudo.policy.manifest.MeshKeys;
import dev.testudo.policy.schema.JsonSchema;
import dev.testudo.policy.session.read.SessionKeys;
import dev.testudo.trust.json.Json;
import dev.testudo.trust.json.JsonValue;
import dev.testudo.trust.json.JsonValue.JsonArray;
import dev.testudo.trust.json.JsonValue.JsonBoolean;
import dev.testudo.trust.json.JsonValue.JsonNumber;
import dev.testudo.trust.json.JsonValue.JsonObject;
import dev.testudo.trust.json.JsonValue.JsonString;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/// The command `testudo session schema`.
@Command(
    name = "schema",
    description = {
      "Prints a JSON Schema of sessions, service manifests or Meshfiles, for editors.",
      "The YAML language server uses it if the first line of a file is `# yaml-language-server: $schema=session.schema.json`."
    })
final class SessionSchema implements Callable<Integer> {
  /// A variable of a session template, or a placeholder.
  private static final String SESSION_MARK = "\\$";

  /// A variable of a mesh.
  private static final String MESH_MARK = "\\{\\{";

  private final CliContext context;

  @Parameters(
      arity = "0..1",
      paramLabel = "KIND",
      description = "The kind of file: ${COMPLETION-CANDIDATES} (default: session).")
  private Kind kind = Kind.session;

  /// The kinds of files, as the user writes them.
  enum Kind {
    session,
    service,
    mesh
  }

  SessionSchema(CliContext context) {
    this.context = context;
  }

  @Override
  public Integer call() {
    var schema =
        switch (kind) {
          case session -> JsonSchema.of(SessionKeys.SESSION, "Session", SESSION_MARK);
          case service -> JsonSchema.of(ManifestKeys.MANIFEST, "Service manifest", MESH_MARK);
          case mesh -> JsonSchema.of(MeshKeys.MESH, "Meshfile", MESH_MARK);
        };
    context.streams().out().println(Json.writeText(json(schema)));
    return 0;
  }

  private static JsonValue json(Object value) {
    return switch (value) {
      case Map<?, ?> map -> {
        Map<String, JsonValue> members = new LinkedHashMap<>();
        map.forEach((name, member) -> members.put(name.toString(), json(member)));
        yield new JsonObject(members);
      }
      case List<?> list -> new JsonArray(list.stream().map(SessionSchema::json).toList());
      case Integer number -> new JsonNumber(number);
      case Boolean truth -> new JsonBoolean(truth);
      default -> new JsonString(value.toString());
    };
  }
}
