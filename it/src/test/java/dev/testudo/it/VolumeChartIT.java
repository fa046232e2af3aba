package dev.testudo.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.marcnuri.helm.Helm;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// The chart of a mesh in which one service owns an encrypted volume and another one imports it.
@Timeout(600)
class VolumeChartIT {
  @TempDir private static Path shared;

  private static Path chart;

  @BeforeAll
  static void makeTheChart() throws IOException {
    var shop = ShopMesh.in(shared.resolve("shop"));
    addVolumes(
        shop.directory().resolve("web/service.yaml"),
        "{name: Data_1, path: /data, export: [{session: reader, update_policy: ephemeral}]}");
    addVolumes(
        shop.directory().resolve("reader/service.yaml"),
        "{name: copy, path: /data, import: {session: web, volume: Data_1},"
            + " update_policy: ephemeral}");
    shop.build();
    var applied =
        shop.apply(
            Map.of(
                "TESTUDO_CAS",
                "cas.example:8081",
                "TESTUDO_CAS_KEY",
                "11111111111111111111111111111112"),
            "--dry-run");
    assertEquals(0, applied.exit(), applied.all());
    chart = shop.directory().resolve("target/helm");
  }

  private static void addVolumes(Path manifest, String volume) throws IOException {
    var text = Files.readString(manifest);
    var build = "  kind: none\n";
    assertTrue(text.contains(build), text);
    Files.writeString(manifest, text.replace(build, build + "  volumes:\n    - " + volume + "\n"));
  }

  private static RenderedChart rendered(Map<String, Object> more) {
    return RenderedChart.of(chart, "any-release", more);
  }

  private static JsonNode pod(RenderedChart rendered, String service) {
    return rendered.one("Deployment", service).at("/spec/template/spec");
  }

  private static List<String> claims(JsonNode pod) {
    return pod.path("volumes").findValuesAsText("claimName");
  }

  @Test
  void theOwnerCreatesTheClaimThatBothUse() {
    var rendered = rendered(Map.of("web.persistence.size", "3Gi"));
    rendered.requireValid();
    var claim = rendered.one("PersistentVolumeClaim", "web-data-1");
    assertEquals(1, rendered.ofKind("PersistentVolumeClaim").size());
    assertEquals("3Gi", claim.at("/spec/resources/requests/storage").asText());
    assertEquals("keep", claim.at("/metadata/annotations/helm.sh~1resource-policy").asText());
    for (var service : List.of("web", "reader")) {
      var pod = pod(rendered, service);
      assertEquals(List.of("web-data-1"), claims(pod));
      var mounts = pod.at("/containers/0/volumeMounts").findValuesAsText("mountPath");
      assertTrue(mounts.contains("/data"), mounts::toString);
    }
  }

  @Test
  void anExistingClaimIsUsedAndNoneCreated() {
    var rendered = rendered(Map.of("web.persistence.existingClaims.data-1", "mine"));
    assertEquals(List.of(), rendered.ofKind("PersistentVolumeClaim"));
    assertEquals(List.of("mine"), claims(pod(rendered, "web")));
  }

  @Test
  void thePodGetsTheRightToMountAndNoOther() {
    var rendered = rendered(Map.of("web.fuse.resource", "example/fuse"));
    rendered.requireValid();
    var pod = pod(rendered, "web");
    var container = pod.at("/containers/0");
    assertEquals("[\"SYS_ADMIN\"]", container.at("/securityContext/capabilities/add").toString());
    assertEquals("[\"ALL\"]", container.at("/securityContext/capabilities/drop").toString());
    assertEquals("1", container.at("/resources/limits/example~1fuse").asText());
    assertEquals("1Gi", container.at("/resources/limits/memory").asText());
    assertEquals("192Mi", container.at("/resources/requests/memory").asText());
    assertEquals("false", pod.path("hostUsers").asText());
  }

  @Test
  void withANodeMounterThePodIsAsRestrictedAsOthers() {
    var rendered = rendered(Map.of("reader.fuse.nodeMounter", "/run/testudo"));
    rendered.requireValid();
    var pod = pod(rendered, "reader");
    var container = pod.at("/containers/0");
    assertEquals("{\"drop\":[\"ALL\"]}", container.at("/securityContext/capabilities").toString());
    assertTrue(pod.path("hostUsers").isMissingNode());
    assertTrue(pod.at("/securityContext/runAsNonRoot").asBoolean());
    assertEquals(List.of("web-data-1"), claims(pod));
    var paths = new TreeMap<String, String>();
    for (var mount : container.path("volumeMounts")) {
      paths.put(mount.path("name").asText(), mount.path("mountPath").asText());
    }
    assertEquals("/data", paths.get("decrypted-copy"));
    assertEquals("/run/testudo-mounter", paths.get("node-mounter"));
    var encrypted = String.valueOf(paths.get("encrypted-copy"));
    assertTrue(encrypted.matches("/run/testudo-volumes/.*web/Data_1"), encrypted);
    assertEquals(
        List.of("/run/testudo"),
        pod.path("volumes").findValues("hostPath").stream()
            .map(path -> path.path("path").asText())
            .toList());
    assertTrue(pod(rendered, "web").path("hostUsers").isBoolean());
  }

  @Test
  void aVolumeHasOneWriter() {
    var web = rendered(Map.of()).one("Deployment", "web");
    assertEquals("Recreate", web.at("/spec/strategy/type").asText());
    assertThrows(RuntimeException.class, () -> rendered(Map.of("web.replicas", 2)));
    assertTrue(
        new Helm(chart)
            .lint().strict().call().getMessages().stream()
                .noneMatch(message -> message.startsWith("[ERROR]")));
  }
}
