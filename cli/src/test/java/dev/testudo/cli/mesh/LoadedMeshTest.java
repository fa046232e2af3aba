package dev.testudo.cli.mesh;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.testudo.cli.exit.CommandFailed;
import dev.testudo.policy.source.Diagnostic;
import dev.testudo.policy.source.Diagnostics;
import dev.testudo.policy.source.Parsed;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LoadedMeshTest {
  private static final String MESH =
      """
      apiVersion: scone/5.8
      kind: mesh
      cas:
        - name: cas
          cas_url: localhost
      policy:
        namespace: shop
        tolerate: software-evidence
      env:
      services:
        - name: web
          image: local/web:1
      """;

  private static final String SERVICE =
      """
      apiVersion: scone/5.8
      kind: genservice
      build:
        name: web
        kind: python
        to: local/web:1
        command: python3 app.py
        pwd: /app
        copy: [app.py]
      environment:
        local:
        global:
      """;

  @TempDir Path work;
  private Path mesh;

  @BeforeEach
  void writeTheMesh() throws IOException {
    mesh = Files.writeString(work.resolve("mesh.yaml"), MESH);
  }

  private void service(String file, String text) throws IOException {
    var path = work.resolve(file);
    Files.createDirectories(path.getParent());
    Files.writeString(path, text);
    Files.writeString(path.resolveSibling("app.py"), "");
  }

  private Parsed<LoadedMesh> load() throws IOException, CommandFailed {
    return LoadedMesh.load(mesh, List.of());
  }

  private LoadedMesh valid() throws IOException, CommandFailed {
    var loaded = load();
    var valid =
        assertInstanceOf(
            Parsed.Valid.class, loaded, () -> Diagnostics.render(loaded.diagnostics()));
    return (LoadedMesh) valid.value();
  }

  private String problems() throws IOException, CommandFailed {
    var loaded = load();
    assertInstanceOf(Parsed.Invalid.class, loaded);
    return Diagnostics.render(loaded.diagnostics()).replace(work + "/", "");
  }

  /// The ids of the problems, each with its place.
  private List<String> found() throws IOException, CommandFailed {
    var loaded = load();
    assertInstanceOf(Parsed.Invalid.class, loaded);
    return loaded.diagnostics().stream()
        .map(one -> one.id() + " " + one.span().place().replace(work + "/", ""))
        .toList();
  }

  @Test
  void manifestsAreFoundBesideTheMeshAndOneFolderDeeper() throws Exception {
    service("service.yml", SERVICE);
    assertEquals(work, valid().image("web").recipe().source());
    Files.delete(work.resolve("service.yml"));
    service("web/any-name.yaml", SERVICE);
    assertEquals(work.resolve("web"), valid().image("web").recipe().source());
    assertEquals(
        List.of(Path.of("/app/app.py")),
        List.copyOf(valid().image("web").copies().files().keySet()));
  }

  @Test
  void deeperFoldersAndBuildResultsAreNotSearched() throws Exception {
    service("a/b/service.yaml", SERVICE);
    service("target/service.yaml", SERVICE);
    service(".hidden/service.yaml", SERVICE);
    assertEquals(List.of("unknown-image mesh.yaml:12:12"), found());
  }

  @Test
  void twoManifestsForOneImageAreAnErrorThatNamesBoth() throws Exception {
    service("one/service.yaml", SERVICE);
    service("two/service.yaml", SERVICE);
    assertEquals(
        """
        error[duplicate-name]: image `local/web:1` has two manifests
         --> two/service.yaml:6:7
          |
        6 |   to: local/web:1
          |       ^^^^^^^^^^^ also made by one/service.yaml:6:7
        """,
        problems());
  }

  @Test
  void aBrokenFileThatTheMeshDoesNotNeedIsNobodysProblem() throws Exception {
    service("service.yaml", SERVICE);
    Files.writeString(work.resolve("broken.yaml"), "kind: genservice\nbuild: 3\n");
    Files.writeString(work.resolve("other.yaml"), "a: [");
    assertEquals(1, valid().plan().services().size());
  }

  @Test
  void aBrokenManifestIsTheOnlyErrorOfItsImage() throws Exception {
    service("service.yaml", SERVICE.replace("build:", "bild:"));
    assertEquals(List.of("missing-key service.yaml:1:1", "unknown-key service.yaml:3:1"), found());
    service("service.yaml", SERVICE.replace("  pwd:", "  pwdd:"));
    assertEquals(List.of("unknown-key service.yaml:8:3"), found());
  }

  @Test
  void aBrokenManifestOfAnotherImageDoesNotHideThatOneIsMissing() throws Exception {
    service("service.yaml", SERVICE.replace("web:1", "other:1").replace("  pwd:", "  pwdd:"));
    assertEquals(List.of("unknown-key service.yaml:8:3", "unknown-image mesh.yaml:12:12"), found());
  }

  @Test
  void aFileToCopyThatIsNotThereIsShownInItsManifest() throws Exception {
    service("service.yaml", SERVICE.replace("[app.py]", "[app.py, absent.py]"));
    assertEquals(List.of("invalid-value service.yaml:9:18"), found());
  }

  @Test
  void whatIsDoubtfulInAManifestIsShownWithItsMesh() throws Exception {
    service("service.yaml", SERVICE.replace("  pwd:", "  gen_policy: x\n  pwd:"));
    Files.writeString(
        work.resolve("other.yaml"), SERVICE.replace("web:1", "other:1\n  gen_policy: a"));
    valid();
    assertEquals(
        """
        warning[without-effect]: `gen_policy` has no effect
         --> service.yaml:8:3
          |
        8 |   gen_policy: *
          |   ^^^^^^^^^^ reserved
        """,
        Diagnostics.render(load().diagnostics()).replace(work + "/", ""));
  }

  @Test
  void whatOnlyAContainerImageHasIsNamedForServicesOfThisMachine() throws Exception {
    service(
        "service.yaml",
        SERVICE.replace("  pwd:", "  run: [make]\n  stable: '1'\n  dirs: /app\n  pwd:"));
    assertEquals(List.of(), load().diagnostics());
    assertEquals(
        List.of("`run` has no effect", "`stable` has no effect", "`dirs` has no effect"),
        valid().limits(LocalLimits::ofUp).stream().map(Diagnostic::message).toList());
    assertEquals(
        List.of("`dirs` is not supported with `--local`"),
        valid().limits(LocalLimits::ofFiles).stream()
            .filter(Diagnostic::isError)
            .map(Diagnostic::message)
            .toList());
  }

  @Test
  void aGivenManifestStandsForItselfWhenItIsFoundAgain() throws Exception {
    service("service.yaml", SERVICE);
    var again =
        LoadedMesh.load(mesh, List.of(work.resolve("../" + work.getFileName() + "/service.yaml")));
    assertInstanceOf(Parsed.Valid.class, again, () -> Diagnostics.render(again.diagnostics()));
  }

  @Test
  void whatIsNotTextIsAnErrorOfOneLine() throws Exception {
    Files.write(mesh, new byte[] {'a', (byte) 0xFF});
    assertEquals(mesh + " is not UTF-8 text", assertThrows(CommandFailed.class, this::load).line());
  }
}
