package dev.testudo.policy;

import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.testudo.policy.ReferencePage.Example;
import dev.testudo.policy.deployment.MeshPlan;
import dev.testudo.policy.manifest.Mesh;
import dev.testudo.policy.manifest.ServiceManifest;
import dev.testudo.policy.session.Session;
import dev.testudo.policy.session.lint.SessionLint;
import dev.testudo.policy.session.read.SessionParser;
import dev.testudo.policy.source.Diagnostic;
import dev.testudo.policy.source.DiagnosticId;
import dev.testudo.policy.source.Diagnostics;
import dev.testudo.policy.source.Parsed;
import dev.testudo.policy.source.Problems;
import dev.testudo.policy.source.SourceFile;
import dev.testudo.policy.yaml.Yaml;
import dev.testudo.policy.yaml.YamlNode;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// The first YAML example on the page of each diagnostic causes that diagnostic, in a manifest, a
/// Meshfile or a session.
class DiagnosticExamplesTest {
  /// Diagnostics that depend on the time, or on more text than a page should have.
  private static final Set<DiagnosticId> NOT_IN_FEW_LINES =
      Set.of(DiagnosticId.CERTIFICATE_EXPIRED, DiagnosticId.YAML_LIMIT);

  private static final String SERVICE =
      """
      apiVersion: scone/5.8
      kind: genservice
      build: {name: api, kind: python, to: "api:1", command: api}
      """;

  private static final String MESH =
      """
      apiVersion: scone/5.8
      kind: mesh
      cas: {name: cas}
      policy: {namespace: demo}
      services: {name: api, image: "api:1"}
      """;

  private static final String SESSION =
      """
      name: demo
      version: 0.3.10
      """;

  private static final Set<String> SERVICE_KEYS =
      Set.of("apiVersion", "kind", "build", "environment", "secrets", "injection_files");
  private static final Set<String> MESH_KEYS = Set.of("cas", "policy", "env", "services");
  private static final Set<String> SESSION_KEYS =
      Set.of("services", "images", "secrets", "volumes", "access_policy", "security");

  static Stream<Example> examples() throws IOException {
    var examples = new ArrayList<Example>();
    for (var id : DiagnosticId.values()) {
      var page = ReferencePage.read("diagnostics/%s.md".formatted(id)).examples();
      if (!page.isEmpty() && !NOT_IN_FEW_LINES.contains(id)) {
        var first = page.getFirst();
        examples.add(new Example(first.page(), first.line(), first.text(), Set.of(id.text())));
      }
    }
    assertTrue(examples.size() >= 20, examples::toString);
    return examples.stream();
  }

  @ParameterizedTest
  @MethodSource("examples")
  void theExampleOfADiagnosticGivesIt(Example example) {
    var found = new ArrayList<Diagnostic>();
    if (mayBe(example, SESSION_KEYS)) {
      var read = SessionParser.read(completed(example, SESSION), Map.of());
      found.addAll(read.diagnostics());
      if (read instanceof Parsed.Valid<Session>(var session, _)) {
        found.addAll(SessionLint.check(session));
      }
    }
    if (mayBe(example, SERVICE_KEYS)) {
      found.addAll(plan(source(MESH), completed(example, SERVICE)));
    }
    if (mayBe(example, MESH_KEYS)) {
      found.addAll(plan(completed(example, MESH), source(SERVICE)));
    }
    assertTrue(
        found.stream().anyMatch(d -> example.expected().contains(d.id().text())),
        () -> Diagnostics.render(found));
  }

  private static boolean isYaml(Example example) {
    return Yaml.read(example.source()) instanceof Parsed.Valid<YamlNode>;
  }

  private static boolean mayBe(Example example, Set<String> keys) {
    return !isYaml(example) || keys.containsAll(example.plain().keySet());
  }

  /// Completes an example to a whole file. Text that is not YAML stays as it is.
  private static SourceFile completed(Example example, String base) {
    return isYaml(example)
        ? example.completedBy(new Example("base", 1, base, Set.of()).plain()).source()
        : example.source();
  }

  private static List<Diagnostic> plan(SourceFile meshFile, SourceFile service) {
    var problems = new Problems();
    var manifest = problems.take(ServiceManifest.read(service));
    var mesh = problems.take(Mesh.read(meshFile));
    if (manifest.isPresent() && mesh.isPresent()) {
      var made = Map.of(manifest.get().build().to().value(), manifest.get());
      problems.take(MeshPlan.resolve(mesh.get(), made));
    }
    return problems.found();
  }

  private static SourceFile source(String text) {
    return new SourceFile("base.yaml", text);
  }
}
