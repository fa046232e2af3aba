package dev.testudo.policy.schema;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.networknt.schema.JsonSchemaFactory;
import com.networknt.schema.SpecVersion.VersionFlag;
import com.networknt.schema.ValidationMessage;
import dev.testudo.policy.manifest.ManifestKeys;
import dev.testudo.policy.manifest.Mesh;
import dev.testudo.policy.manifest.MeshKeys;
import dev.testudo.policy.manifest.ServiceManifest;
import dev.testudo.policy.session.read.SessionKeys;
import dev.testudo.policy.session.read.SessionParser;
import dev.testudo.policy.source.Diagnostic;
import dev.testudo.policy.source.DiagnosticId;
import dev.testudo.policy.source.Parsed;
import dev.testudo.policy.source.SourceFile;
import dev.testudo.policy.yaml.Yaml;
import dev.testudo.policy.yaml.YamlNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// The JSON Schemas agree with the readers: what a reader accepts is valid, and a file with a wrong
/// form is not.
class SchemaTest {
  private static final Path GOLDEN = Path.of("src", "test", "resources", "golden");
  private static final ObjectMapper MAPPER = new ObjectMapper();

  /// Mistakes that every reader of the schema must find.
  private static final Set<DiagnosticId> OF_THE_SCHEMA = Set.of(DiagnosticId.UNKNOWN_KEY);

  private static final String SESSION = "name: a\nversion: 0.3.10\n";

  @ParameterizedTest
  @ValueSource(strings = {"session", "lint", "manifest", "mesh"})
  void theGoldenFilesAreValidExactlyIfTheirKeysAre(String topic) throws IOException {
    var accepted = new ArrayList<String>();
    try (Stream<Path> files = Files.list(GOLDEN.resolve(topic))) {
      for (var file : files.filter(f -> f.toString().endsWith(".yaml")).sorted().toList()) {
        var source = new SourceFile(file.toString(), Files.readString(file));
        var read = read(topic, source);
        if (!(Yaml.read(source) instanceof Parsed.Valid<YamlNode>(YamlNode.Mapping root, _))) {
          continue;
        }
        var wrong = validate(topic, root);
        if (read instanceof Parsed.Valid<?>) {
          assertEquals(Set.of(), wrong, file::toString);
          accepted.add(topic);
        } else if (read.diagnostics().stream().anyMatch(SchemaTest::isOfTheSchema)) {
          assertFalse(wrong.isEmpty(), file::toString);
        }
      }
    }
    assertFalse(accepted.isEmpty());
  }

  private static boolean isOfTheSchema(Diagnostic diagnostic) {
    return OF_THE_SCHEMA.contains(diagnostic.id());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "services: [{name: a, comand: x}]",
        "services: [{command: x}]",
        "services: x",
        "services: [{name: a, environment: [A=1]}]",
        "services: [{name: a, fspf_key: aa}]",
        "services: [{name: a, attestation: {mrenclave: 12x}}]",
        "secrets: [{name: a, kind: odd}]",
        "secrets: [{name: a, kind: ascii, size: 0}]",
        "secrets: [{name: a, kind: ascii, dns: x}]",
        "secrets: [{name: a, kind: ascii, import: {session: b}}]",
        "secrets: [{name: a, kind: private-key, migrate: maybe}]",
        "secrets: [{name: a b, kind: ascii}]",
        "security: {attestation: {mode: harware}}",
        "access_policy: {write: ANY}",
        "predecessor: abc",
        "volumes: [{path: /v}]",
        "volumes: [{name: v, fspf_tag: aa}]",
        "volumes: [{name: v, export: {session: a, update_policy: never}}]",
        "images: [{name: i, volumes: [{name: v}]}]"
      })
  void mistakesInTheFormAreFound(String wrong) {
    assertFalse(validate("session", root(SESSION + wrong)).isEmpty(), wrong);
    assertTrue(validate("session", root(SESSION)).isEmpty());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "predecessor: $PREDECESSOR",
        "predecessor: ~",
        "secrets: {name: a, kind: ascii, size: $SIZE, export_public: 'true'}",
        "secrets: [{name: a, kind: x509, dns: x, common_name: y, import: {session: b, secret: a}}]",
        "services: {name: 7, command: [a, 1], environment: {A: 1, B: true, C: ~}}",
        "security: $$SCONE::fragment$$",
        "access_policy: {read: [ANY], update: {require-all: [CREATOR]}}",
        "volumes: {name: v, export: a/b}",
        "images: {name: i, volumes: {name: v, path: /v}}",
        "tags: [x]"
      })
  void whatMayBeIsValid(String right) {
    assertEquals(Set.of(), validate("session", root(SESSION + right)));
  }

  @Test
  void everyKeyHasADescription() {
    for (var keys : List.of(SessionKeys.SESSION, ManifestKeys.MANIFEST, MeshKeys.MESH)) {
      keys.all().forEach(key -> assertTrue(key.meaning().endsWith("."), key::name));
    }
  }

  private static Parsed<?> read(String topic, SourceFile source) {
    return switch (topic) {
      case "manifest" -> ServiceManifest.read(source);
      case "mesh" -> Mesh.read(source);
      default ->
          SessionParser.read(
              source, Map.of("FLASK_SESSION", "a/b", "REDIS_SESSION", "a/c", "PREDECESSOR", "~"));
    };
  }

  private static YamlNode root(String yaml) {
    return switch (Yaml.read(new SourceFile("s.yaml", yaml))) {
      case Parsed.Valid<YamlNode>(var root, _) -> root;
      case Parsed.Invalid<YamlNode>(var problems) -> throw new AssertionError(problems);
    };
  }

  private static Set<ValidationMessage> validate(String topic, YamlNode root) {
    var schema =
        switch (topic) {
          case "manifest" -> JsonSchema.of(ManifestKeys.MANIFEST, "Service manifest", "\\{\\{");
          case "mesh" -> JsonSchema.of(MeshKeys.MESH, "Meshfile", "\\{\\{");
          default -> JsonSchema.of(SessionKeys.SESSION, "Session", "\\$");
        };
    return JsonSchemaFactory.getInstance(VersionFlag.V202012)
        .getSchema(MAPPER.<JsonNode>valueToTree(schema))
        .validate(MAPPER.valueToTree(root.plain()));
  }
}
