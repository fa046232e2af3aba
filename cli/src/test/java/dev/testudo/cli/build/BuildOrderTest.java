package dev.testudo.cli.build;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;

import dev.testudo.cli.mesh.FoundManifest;
import dev.testudo.image.layout.ImageLocation.LayoutDirectory;
import dev.testudo.policy.manifest.ServiceManifest;
import dev.testudo.policy.source.Diagnostics;
import dev.testudo.policy.source.Parsed;
import dev.testudo.policy.source.SourceFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// What a manifest asks of an image.
class BuildOrderTest {
  @TempDir private Path work;

  @BeforeEach
  void files() throws IOException {
    Files.writeString(work.resolve("app.py"), "");
    Files.writeString(work.resolve("packages.txt"), "");
  }

  private Parsed<BuildOrder> read(String kind, String more) {
    var text =
        """
        apiVersion: scone/5.8
        kind: genservice
        build:
          name: api
          kind: %s
          to: registry.example/shop/api:1
          command: python3 app.py
          copy: app.py
        %s
        """
            .formatted(kind, more.indent(2));
    var manifest = ServiceManifest.read(new SourceFile("service.yaml", text));
    var valid =
        assertInstanceOf(
            Parsed.Valid.class, manifest, () -> Diagnostics.render(manifest.diagnostics()));
    return BuildOrder.of(
        new FoundManifest(work.resolve("service.yaml"), (ServiceManifest) valid.value()));
  }

  private BuildOrder valid(String kind, String more) {
    var read = read(kind, more);
    return (BuildOrder)
        assertInstanceOf(Parsed.Valid.class, read, () -> Diagnostics.render(read.diagnostics()))
            .value();
  }

  private List<String> mistakes(String kind, String more) {
    var read = read(kind, more);
    assertInstanceOf(Parsed.Invalid.class, read);
    return read.diagnostics().stream()
        .map(found -> found.id() + " " + found.span().line() + ": " + found.message())
        .toList();
  }

  @Test
  void theKindSaysWhatTheImageStartsFrom() {
    assertEquals(
        "docker.io/library/eclipse-temurin:21-jre-noble",
        valid("java21", "").base().orElseThrow().toString());
    assertEquals(Optional.empty(), valid("none", "").base());
    assertEquals(
        Optional.of(new LayoutDirectory(work.resolve("bases"), Optional.of("redis"))),
        valid("sconify_image", "from: \"oci:bases:redis\"").base(),
        "a relative path is one beside the manifest");
  }

  @Test
  void theWorkingDirectoryOfTheBaseCountsIfTheManifestNamesNone() {
    var without = valid("none", "").recipeOn("/data");
    assertEquals(Path.of("/data"), without.program().workingDirectory());
    assertEquals(Path.of("/"), valid("none", "").recipeOn("").program().workingDirectory());
    var with = valid("none", "pwd: /srv").recipeOn("/data");
    assertEquals(Path.of("/srv"), with.program().workingDirectory());
  }

  @Test
  void everyMistakeIsReportedAtItsPlace() {
    assertEquals(
        List.of(
            "missing-key 5: `kind: sconify_image` needs `from`",
            "invalid-value 9: `requirements` lists Python packages, and `kind` is `sconify_image`"),
        mistakes("sconify_image", "requirements: packages.txt"));
    assertEquals(
        List.of(
            "invalid-value 9: `Redis:7`, character 1: `Redis` is not a repository: lower-case letters"
                + " and digits, separated by `.`, `_`, `__`, `-` and `/`",
            "invalid-value 10: `../packages.txt` is not a file beside this manifest"),
        mistakes("python", "from: Redis:7\nrequirements: ../packages.txt"));
  }
}
