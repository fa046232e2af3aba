package dev.testudo.policy.deployment;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.testudo.policy.manifest.Mesh;
import dev.testudo.policy.manifest.ServiceManifest;
import dev.testudo.policy.session.OpenPlace;
import dev.testudo.policy.session.SecretDefinition;
import dev.testudo.policy.session.SecretDefinition.Characters;
import dev.testudo.policy.session.Session;
import dev.testudo.policy.session.read.SessionParser;
import dev.testudo.policy.source.Diagnostic;
import dev.testudo.policy.source.DiagnosticId;
import dev.testudo.policy.source.Diagnostics;
import dev.testudo.policy.source.Parsed;
import dev.testudo.policy.source.SourceFile;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/// Parts of the sessions of a mesh that come from elsewhere than the manifests.
class MeshPartsTest {
  private static final String MANIFEST =
      """
      apiVersion: scone/5.8
      kind: genservice
      build: {name: a, kind: python, to: "a:1", command: "program $$SCONE::password$$"}
      secrets: {global: [{name: password, kind: ascii, size: 8}, {name: other, kind: ascii}]}
      """;

  private static Parsed<MeshPlan> plan(String policy, String service, Map<String, String> files) {
    var yaml =
        """
        apiVersion: scone/5.8
        kind: mesh
        cas: [{name: cas}]
        policy: {namespace: app, %s}
        env: [{name: length, value: 32}]
        services: [{name: a, image: "a:1", %s}]
        """
            .formatted(policy, service);
    var sources = new HashMap<String, SourceFile>();
    files.forEach((path, text) -> sources.put(path, new SourceFile(path, text)));
    var manifest = value(ServiceManifest.read(new SourceFile("service.yaml", MANIFEST)));
    return MeshPlan.resolve(
        value(Mesh.read(new SourceFile("mesh.yaml", yaml))), Map.of("a:1", manifest), sources);
  }

  private static <T> T value(Parsed<T> parsed) {
    return switch (parsed) {
      case Parsed.Valid<T>(var value, _) -> value;
      case Parsed.Invalid<T>(var problems) ->
          throw new AssertionError(Diagnostics.render(problems));
    };
  }

  private static List<Session> sessions(MeshPlan plan) {
    return plan.sessions(Map.of("a", BuiltImage.of("12".repeat(32)))).stream()
        .map(t -> value(SessionParser.read(new SourceFile(t.name().value(), t.yaml()))))
        .toList();
  }

  @Test
  void fragmentsOfOthersBecomePartsOfTheSessions() {
    var plan =
        value(
            plan(
                "access_policy_name: team/rules, attestation_policy_name: 'team/rules:evidence'",
                "env: []",
                Map.of()));
    assertTrue(plan.needsJoinTokens(), "the fragment may tolerate software evidence");
    var namespace = sessions(plan).getFirst();
    assertTrue(namespace.isOpen(OpenPlace.Area.ACCESS_POLICY));
    assertFalse(namespace.isOpen(OpenPlace.Area.SECURITY));
    var service = sessions(plan).getLast();
    assertTrue(service.isOpen(OpenPlace.Area.ACCESS_POLICY));
    assertTrue(service.isOpen(OpenPlace.Area.SECURITY));
    var imported =
        assertInstanceOf(
            SecretDefinition.Imported.class, service.secret("policy~attestation").orElseThrow());
    assertEquals("team/rules", imported.from().value());
    assertEquals("evidence", imported.original().value());
    var access =
        assertInstanceOf(
            SecretDefinition.Imported.class, service.secret("policy~access").orElseThrow());
    assertEquals("access_policy", access.original().value());
  }

  /// The file is a list only once its variables are replaced.
  @Test
  void aFileReplacesTheSecretsOfTheManifest() {
    var file = "  - name: password\n    kind: ascii\n    size: {{length}}\n";
    var plan = plan("tolerate: []", "image_secrets: s.yaml", Map.of("s.yaml", file));
    var session = sessions(value(plan)).getLast();
    assertEquals(1, session.secrets().size());
    var password =
        assertInstanceOf(SecretDefinition.Ascii.class, session.secret("password").orElseThrow());
    assertEquals(new Characters.Generated(32), password.value());
  }

  @Test
  void aFileThatIsMissingOrWrongIsReported() {
    var missing = plan("tolerate: []", "image_secrets: s.yaml", Map.of());
    assertEquals(DiagnosticId.UNREADABLE_FILE, first(missing).id());
    var wrong =
        plan(
            "tolerate: []",
            "image_secrets: s.yaml",
            Map.of("s.yaml", "- {name: password, kind: asci, value: hunter2}\n"));
    assertEquals(DiagnosticId.INVALID_VALUE, first(wrong).id());
    assertFalse(Diagnostics.render(wrong.diagnostics()).contains("hunter2"));
  }

  private static Diagnostic first(Parsed<MeshPlan> parsed) {
    assertInstanceOf(Parsed.Invalid.class, parsed);
    return parsed.diagnostics().getFirst();
  }
}
