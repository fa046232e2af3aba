package dev.testudo.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.marcnuri.helm.Helm;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// The chart that `apply` makes of a mesh, as Helm and the models of Kubernetes' API see it.
@Timeout(600)
class HelmChartIT {
  private static final String KEY = "11111111111111111111111111111112";

  @TempDir private static Path shared;

  private static ShopMesh shop;
  private static Path chart;

  @BeforeAll
  static void makeTheChart() throws IOException {
    shop = ShopMesh.in(shared.resolve("shop"));
    shop.build();
    var applied = apply("--dry-run");
    assertEquals(0, applied.exit(), applied.all());
    chart = shop.directory().resolve("target/helm");
  }

  private static Command apply(String... more) {
    return shop.apply(Map.of("TESTUDO_CAS", "cas.example:8081", "TESTUDO_CAS_KEY", KEY), more);
  }

  private static RenderedChart rendered(Map<String, Object> more) {
    return RenderedChart.of(chart, "any-release", more);
  }

  @Test
  void helmFindsNothingWrongWithIt() {
    var lint = new Helm(chart).lint().strict().call();
    assertFalse(lint.isFailed(), () -> String.join("\n", lint.getMessages()));
    var warnings = lint.getMessages().stream().filter(m -> m.contains("WARNING")).toList();
    assertEquals(List.of(), warnings);
  }

  @Test
  void everyObjectIsOneOfTheApiOfKubernetes() {
    rendered(Map.of()).requireValid();
    rendered(
            Map.of(
                "web.kind", "StatefulSet",
                "reader.kind", "Job",
                "web.podDisruptionBudget.enabled", true,
                "web.topologySpread.enabled", true,
                "web.writableFolders[0]", "/var/cache",
                "global.runtimeClassName", "kata-qemu-snp",
                "global.imagePullSecrets[0]", "pull"))
        .requireValid();
  }

  @Test
  void itContainsNothingThatIsSecretOrThatTheProgramDependsOn() {
    var text = rendered(Map.of()).text();
    for (var hidden : List.of("tell-nobody", "PASSWORD", "WHO", "everybody", "httpd")) {
      assertFalse(text.contains(hidden), () -> hidden + " is in:\n" + text);
    }
    assertTrue(text.contains("shop/web/busybox"), "the identifier by which it asks CAS");
  }

  /// What Helm says is not ours; it names the value.
  private static void mentions(String value, RuntimeException failed) {
    var said = failed.toString();
    assertTrue(said.contains(value), said);
  }

  private static JsonNode container(RenderedChart rendered, String kind, String service) {
    return rendered.one(kind, service).at("/spec/template/spec/containers/0");
  }

  @Test
  void aPodNeedsNothingThatKubernetesRefusesToARestrictedOne() {
    var rendered = rendered(Map.of());
    var pod = rendered.one("Deployment", "web").at("/spec/template/spec");
    var container = container(rendered, "Deployment", "web");
    assertFalse(pod.path("automountServiceAccountToken").asBoolean(true));
    assertTrue(pod.at("/securityContext/runAsNonRoot").asBoolean());
    assertEquals("RuntimeDefault", pod.at("/securityContext/seccompProfile/type").asText());
    assertTrue(container.at("/securityContext/readOnlyRootFilesystem").asBoolean());
    assertFalse(container.at("/securityContext/allowPrivilegeEscalation").asBoolean(true));
    assertEquals("[\"ALL\"]", container.at("/securityContext/capabilities/drop").toString());
    assertTrue(container.path("image").asText().matches("example/web@sha256:[0-9a-f]{64}"));
  }

  @Test
  void onlyWhoTheMeshSaysMayConnect() {
    var rendered = rendered(Map.of());
    var web = rendered.one("NetworkPolicy", "web").path("spec");
    assertEquals(
        "[{\"podSelector\":{\"matchLabels\":{\"app.kubernetes.io/name\":\"reader\","
            + "\"app.kubernetes.io/part-of\":\"shop\"}}}]",
        web.at("/ingress/1/from").toString());
    assertEquals(8000, web.at("/ingress/1/ports/0/port").asInt());
    var reader = rendered.one("NetworkPolicy", "reader").path("spec");
    assertEquals(
        "web",
        reader
            .at("/egress/1/to/0/podSelector/matchLabels")
            .path("app.kubernetes.io/name")
            .asText());
    assertTrue(reader.at("/ingress/1/from").isMissingNode(), "the public port is for everybody");
  }

  @Test
  void bothEndsOfAServiceHaveTheSamePort() {
    var service = rendered(Map.of()).one("Service", "web");
    assertEquals(8000, service.at("/spec/ports/0/port").asInt());
    assertEquals(8000, service.at("/spec/ports/0/targetPort").asInt());
  }

  @Test
  void aServiceIsFoundByEveryNameThatTheMeshfileSays() {
    var rendered = rendered(Map.of());
    var web = rendered.one("Service", "web");
    var alias = rendered.one("Service", "shop");
    assertEquals(web.at("/spec/selector"), alias.at("/spec/selector"));
    assertEquals(web.at("/spec/ports"), alias.at("/spec/ports"));
  }

  @Test
  void aValueThatNoTemplateKnowsIsRefused() {
    var failed = assertThrows(RuntimeException.class, () -> rendered(Map.of("web.replica", 2)));
    mentions("replica", failed);
  }

  @Test
  void itIsNotInstalledWithoutTheKeyOfCas() {
    var failed =
        assertThrows(
            RuntimeException.class,
            () -> RenderedChart.of(chart, "a", Map.of("global.cas.key", "")));
    mentions("global.cas", failed);
  }

  @Test
  void theMeshfileSetsValues() {
    var labels =
        rendered(Map.of()).one("Deployment", "reader").at("/spec/template/metadata/labels");
    assertEquals("front", labels.path("tier").asText());
  }

  @Test
  void valuesOfAServiceThatDoesNotExistAreRefusedAndTheChartStays() throws IOException {
    var before = files(chart);
    var mesh = shop.directory().resolve("mesh.yaml");
    var text = Files.readString(mesh);
    Files.writeString(mesh, text.replace("  reader: {podL", "  raeder: {podL"));
    try {
      var refused = apply("--dry-run");
      assertEquals(1, refused.exit(), refused.all());
      assertTrue(refused.err().contains("did you mean `reader`?"), refused.err());
      assertEquals(before, files(chart));
    } finally {
      Files.writeString(mesh, text);
    }
  }

  @Test
  void aMeshThatUploadsNothingNeedsNoCas() throws IOException {
    var mesh = shop.directory().resolve("mesh.yaml");
    var text = Files.readString(mesh);
    Files.writeString(mesh, text.replace("cas_url: localhost", "mode: NoUpload"));
    try {
      var empty = shared.resolve("no-config").toString();
      var applied = shop.apply(Map.of("TESTUDO_CONFIG", empty));
      assertEquals(0, applied.exit(), applied.all());
    } finally {
      Files.writeString(mesh, text);
      assertEquals(0, apply("--dry-run").exit());
    }
  }

  @Test
  void theSameMeshGivesTheSameChart() throws IOException {
    var before = files(chart);
    assertEquals(0, apply("--dry-run").exit());
    assertEquals(before, files(chart));
  }

  private static Map<String, String> files(Path directory) throws IOException {
    var files = new TreeMap<String, String>();
    var paths = new ArrayList<Path>();
    try (var walk = Files.walk(directory)) {
      walk.filter(Files::isRegularFile).forEach(paths::add);
    }
    for (var path : paths) {
      files.put(directory.relativize(path).toString(), Files.readString(path));
    }
    return files;
  }

  @Test
  void theObjectsAreWrittenIfThereIsHelm() throws IOException {
    var file = shop.directory().resolve("target/manifests/shop.yaml");
    var without = withPath("/usr/bin:/bin");
    assertEquals(3, without.exit(), without.all());
    assertFalse(Files.exists(file));

    var helm = Files.createDirectories(shared.resolve("bin")).resolve("helm");
    Files.writeString(
        helm, "#!/bin/sh\nexec %s \"$@\"\n".formatted(String.join(" ", HelmCommand.words())));
    Files.setPosixFilePermissions(helm, PosixFilePermissions.fromString("rwxr-xr-x"));
    var written = withPath(helm.getParent() + ":" + System.getenv("PATH"));
    assertEquals(0, written.exit(), written.all());
    var rendered = RenderedChart.of(chart, "shop", Map.of());
    assertEquals(rendered.text().strip(), Files.readString(file).strip());
  }

  /// Applies the mesh with this search path, which the launcher needs as well.
  private static Command withPath(String path) {
    var words = shop.applying("--dry-run", "-o", "yaml");
    words.addFirst("PATH=" + path);
    words.addFirst("/usr/bin/env");
    return Command.run(Map.of("TESTUDO_CAS", "cas.example:8081", "TESTUDO_CAS_KEY", KEY), words);
  }
}
