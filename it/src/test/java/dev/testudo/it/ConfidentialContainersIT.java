package dev.testudo.it;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import dev.testudo.vm.initdata.Initdata;
import dev.testudo.vm.initdata.InitdataAnnotation;
import dev.testudo.vm.initdata.LaunchedService;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// What `apply` makes of a mesh whose services are guests of Kata Containers: initdata, sessions,
/// and a chart as Helm and the models of Kubernetes' API see it.
@Timeout(600)
class ConfidentialContainersIT {
  private static final String KEY = "11111111111111111111111111111112";
  private static final String ANNOTATION = InitdataAnnotation.NAME;
  private static final String MACHINES =
      "machines: [{sev_snp: {measurement: %s}, kata: {runtime_class: kata-qemu-snp, vcpus: 2, memory: 1024}}]"
          .formatted("ab".repeat(48));

  @TempDir private static Path shared;

  private static Path target;

  @BeforeAll
  static void makeTheChart() throws IOException {
    var shop = ShopMesh.in(shared.resolve("shop"));
    shop.build();
    var mesh = shop.directory().resolve("mesh.yaml");
    var text = Files.readString(mesh);
    Files.writeString(mesh, text.replace("tolerate: software-evidence", MACHINES));
    var applied =
        shop.apply(Map.of("TESTUDO_CAS", "cas.example:8081", "TESTUDO_CAS_KEY", KEY), "--dry-run");
    assertEquals(0, applied.exit(), applied.all());
    target = shop.directory().resolve("target");
  }

  private static RenderedChart rendered(Map<String, Object> more) {
    return RenderedChart.of(target.resolve("helm"), "any-release", more);
  }

  private static JsonNode template(RenderedChart chart, String service) {
    return chart.one("Deployment", service).at("/spec/template");
  }

  private static String annotation(JsonNode template) {
    return template.at("/metadata/annotations").path(ANNOTATION).asText();
  }

  @Test
  void theAnnotationIsTheFileBesideTheChartAndItsDigestIsInTheSession() throws IOException {
    var chart = rendered(Map.of());
    for (var service : Set.of("web", "reader")) {
      var initdata = InitdataAnnotation.decode(annotation(template(chart, service)));
      var file = Files.readAllBytes(target.resolve("initdata/%s.toml".formatted(service)));
      assertArrayEquals(file, initdata.document().toBytes());
      var session = Files.readString(target.resolve("sessions/shop-%s.yaml".formatted(service)));
      assertTrue(session.contains("host_data: " + initdata.hostData().hex()), session);
      assertFalse(session.contains("mrenclave"), session);
      requireNames(service, initdata);
    }
  }

  private static void requireNames(String service, Initdata initdata) throws IOException {
    var launched = LaunchedService.in(initdata);
    assertEquals(KEY, launched.cas().text());
    assertEquals("shop/" + service, launched.service().session().value());
  }

  @Test
  void usersGroupsProcessorsAndMemoryOfAPodAreExplicit() {
    var pod = template(rendered(Map.of()), "web").path("spec");
    assertEquals("kata-qemu-snp", pod.path("runtimeClassName").asText());
    for (var key : Set.of("runAsUser", "runAsGroup", "fsGroup", "supplementalGroups")) {
      assertTrue(pod.path("securityContext").has(key), key);
    }
    var container = pod.at("/containers/0");
    assertEquals(0, container.at("/securityContext/runAsUser").asInt(-1));
    assertEquals(0, container.at("/securityContext/runAsGroup").asInt(-1));
    assertEquals("[\"ALL\"]", container.at("/securityContext/capabilities/drop").toString());
    assertEquals(
        "{\"cpu\":\"2\",\"memory\":\"1024Mi\"}", container.at("/resources/limits").toString());
    assertTrue(container.path("image").asText().matches("example/web@sha256:[0-9a-f]{64}"));
  }

  @Test
  void everyObjectIsOneOfTheApiOfKubernetes() {
    rendered(Map.of("web.writableFolders[0]", "/var/cache", "web.podAnnotations.a", "b"))
        .requireValid();
  }

  @Test
  void withoutTheClassThereIsNoInitdata() {
    var template = template(rendered(Map.of("global.runtimeClassName", "")), "web");
    assertEquals("", annotation(template));
    assertFalse(template.toString().contains("TESTUDO_HOST_DATA"), template::toString);
  }

  @Test
  void whatTheGuestWouldRefuseIsNotRendered() {
    for (var list : Set.of("volumes", "volumeMounts", "volumeClaimTemplates", "initContainers")) {
      var more = Map.<String, Object>of("web.%s[0].name".formatted(list), "x");
      assertThrows(RuntimeException.class, () -> rendered(more), list);
    }
  }
}
