package dev.testudo.policy.deployment;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.fail;

import dev.testudo.policy.CuratedFiles;
import dev.testudo.policy.manifest.ManifestKind;
import dev.testudo.policy.manifest.Mesh;
import dev.testudo.policy.manifest.ServiceManifest;
import dev.testudo.policy.session.read.SessionParser;
import dev.testudo.policy.source.Diagnostics;
import dev.testudo.policy.source.Parsed;
import dev.testudo.policy.source.SourceFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// Each mesh under `examples` is read, planned and written as sessions without diagnostics.
class ExamplesTest {
  private static final Path EXAMPLES = Path.of("..", "examples");

  static List<Path> folders() throws IOException {
    try (Stream<Path> folders = Files.list(EXAMPLES)) {
      return folders.filter(f -> Files.exists(f.resolve("mesh.yaml"))).sorted().toList();
    }
  }

  @ParameterizedTest
  @MethodSource("folders")
  void becomesSessionsWithoutAFinding(Path folder) throws IOException {
    var mesh = clean(Mesh.read(source(folder.resolve("mesh.yaml"))));
    var manifests = CuratedFiles.withCurated(manifests(folder), mesh);
    var plan = clean(MeshPlan.resolve(mesh, manifests));
    Map<String, BuiltImage> images =
        plan.services().stream()
            .collect(Collectors.toMap(PlannedService::name, _ -> BuiltImage.of("ab".repeat(32))));
    var sessions = plan.sessions(images);
    assertEquals(plan.services().size() + 1, sessions.size());
    for (var text : sessions) {
      var session = clean(SessionParser.read(new SourceFile(text.name().value(), text.yaml())));
      assertEquals(text.name(), session.name());
    }
  }

  private static Map<String, ServiceManifest> manifests(Path folder) throws IOException {
    Map<String, ServiceManifest> manifests = new HashMap<>();
    try (Stream<Path> files = Files.walk(folder, 2)) {
      for (var file : files.filter(f -> f.toString().endsWith(".yaml")).toList()) {
        if (ManifestKind.of(source(file)) == ManifestKind.SERVICE) {
          var manifest = clean(ServiceManifest.read(source(file)));
          manifests.put(manifest.build().to().value(), manifest);
        }
      }
    }
    return manifests;
  }

  private static SourceFile source(Path file) throws IOException {
    return new SourceFile(EXAMPLES.relativize(file).toString(), Files.readString(file));
  }

  private static <T> T clean(Parsed<T> parsed) {
    assertEquals("", Diagnostics.render(parsed.diagnostics()));
    return switch (parsed) {
      case Parsed.Valid<T>(var value, _) -> value;
      case Parsed.Invalid<T> _ -> fail();
    };
  }
}
