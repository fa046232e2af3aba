package dev.testudo.policy;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.testudo.policy.deployment.MeshPlan;
import dev.testudo.policy.manifest.Mesh;
import dev.testudo.policy.manifest.ServiceManifest;
import dev.testudo.policy.session.Session;
import dev.testudo.policy.session.lint.SessionLint;
import dev.testudo.policy.session.read.SessionParser;
import dev.testudo.policy.shield.EnvironmentFile;
import dev.testudo.policy.shield.ShieldVariables;
import dev.testudo.policy.source.Diagnostics;
import dev.testudo.policy.source.Parsed;
import dev.testudo.policy.source.Problems;
import dev.testudo.policy.source.SourceFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// Compares each input under `golden/<topic>` with its `.expected` file: all diagnostics, and
/// `valid` at the end if the input can be used. New pairs need no code; `-Dgolden.update=true`
/// rewrites the expected files.
class GoldenTest {
  private static final Path GOLDEN = Path.of("src", "test", "resources", "golden");
  private static final Map<String, String> VARIABLES =
      Map.of(
          "FLASK_SESSION",
          "app/flask",
          "REDIS_SESSION",
          "app/redis",
          "PREDECESSOR",
          "~",
          "FIVE_LINES",
          "1\n2\n3\n4\n5",
          "SECRET",
          "hunter2");

  static List<String> cases() throws IOException {
    try (Stream<Path> files = Files.walk(GOLDEN)) {
      return files
          .map(file -> GOLDEN.relativize(file).toString())
          .filter(name -> name.endsWith(".yaml") || name.endsWith(".env"))
          .sorted()
          .toList();
    }
  }

  @ParameterizedTest
  @MethodSource("cases")
  void reportsExactlyThis(String name) throws IOException {
    var input = GOLDEN.resolve(name);
    var expected = Path.of(input.toString().replaceFirst("\\.(yaml|env)$", ".expected"));
    var actual = report(name, Files.readString(input));
    if (Boolean.getBoolean("golden.update")) {
      Files.writeString(expected, actual);
    }
    assertEquals(Files.readString(expected), actual);
  }

  @Test
  void thereAreCasesOfEachTopic() throws IOException {
    for (var topic : List.of("lint", "manifest", "mesh", "plan", "session", "shield", "yaml")) {
      assertTrue(cases().stream().anyMatch(name -> name.startsWith(topic + "/")), topic);
    }
    assertTrue(cases().size() >= 30, "%d cases".formatted(cases().size()));
  }

  private static String report(String name, String text) {
    var topic = name.substring(0, name.indexOf('/'));
    var source = new SourceFile(name.substring(topic.length() + 1), text);
    var parsed =
        switch (topic) {
          case "manifest" -> ServiceManifest.read(source);
          case "mesh" -> Mesh.read(source);
          case "plan" -> plan(text);
          case "lint" -> lint(SessionParser.read(source, VARIABLES));
          case "session", "yaml" -> SessionParser.read(source, VARIABLES);
          case "shield" -> EnvironmentFile.read(source).then(ShieldVariables::readLocated);
          default -> throw new AssertionError("no reader for topic " + topic);
        };
    var verdict = parsed instanceof Parsed.Valid<?> ? "valid\n" : "";
    return Diagnostics.render(parsed.diagnostics()) + verdict;
  }

  private static Parsed<Session> lint(Parsed<Session> parsed) {
    return parsed.then(session -> new Parsed.Valid<>(session, SessionLint.check(session)));
  }

  /// Plans a mesh from a text with a Meshfile and its manifests, separated by lines `---`.
  private static Parsed<MeshPlan> plan(String text) {
    var parts = List.of(text.split("(?m)^---\n"));
    var problems = new Problems();
    Map<String, ServiceManifest> manifests = new HashMap<>();
    for (var i = 1; i < parts.size(); i++) {
      var source = new SourceFile("service-%d.yaml".formatted(i), parts.get(i));
      problems
          .take(ServiceManifest.read(source))
          .ifPresent(manifest -> manifests.put(manifest.build().to().value(), manifest));
    }
    var plan =
        problems
            .take(Mesh.read(new SourceFile("mesh.yaml", parts.getFirst())))
            .flatMap(mesh -> problems.take(MeshPlan.resolve(mesh, manifests)));
    return problems.result(plan::orElseThrow);
  }
}
