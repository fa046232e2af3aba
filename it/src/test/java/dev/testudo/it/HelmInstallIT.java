package dev.testudo.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.marcnuri.helm.Helm;
import dev.testudo.it.kube.ClusterStandIn;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// Helm installs the chart of a mesh into a cluster that validates strictly.
@Timeout(600)
class HelmInstallIT {
  private static final String KEY = "11111111111111111111111111111112";
  private static final String ENCRYPTION_KEY = "ab".repeat(32);

  @TempDir private Path work;

  @Test
  void aMeshIsInstalledUpgradedAndUninstalled() throws IOException {
    var shop = ShopMesh.in(work.resolve("shop"));
    shop.build();
    var applied =
        shop.apply(Map.of("TESTUDO_CAS", "cas.example:8081", "TESTUDO_CAS_KEY", KEY), "--dry-run");
    assertEquals(0, applied.exit(), applied.all());
    var chart = shop.directory().resolve("target/helm");
    try (var cluster = ClusterStandIn.start()) {
      var kubeconfig = cluster.kubeconfig(work.resolve("kubeconfig"), ClusterStandIn.ADMIN);
      var objects = cluster.objects();
      OperatorChart.rendered(Map.of()).installInto(cluster, "operator");
      var helm = new Helm(chart);
      helm.install()
          .withName("shop")
          .withNamespace("prod")
          .disableOpenApiValidation()
          .withKubeConfig(kubeconfig)
          .call();
      var web = objects.find("deployments", "prod", "web").orElseThrow();
      assertEquals(1, web.at("/spec/replicas").asInt());
      assertTrue(objects.find("services", "prod", "shop").isPresent());
      assertEquals(2, objects.all("networkpolicies", "prod").size());

      helm.upgrade()
          .withName("shop")
          .withNamespace("prod")
          .set("web.replicas", 3)
          .set("encryptedPolicies[0].name", "shop-web")
          .set("encryptedPolicies[0].policy", "AAAA")
          .set("encryptedPolicies[0].encryptionKey", ENCRYPTION_KEY)
          .disableOpenApiValidation()
          .withKubeConfig(kubeconfig)
          .call();
      var upgraded = objects.find("deployments", "prod", "web").orElseThrow();
      assertEquals(3, upgraded.at("/spec/replicas").asInt());
      assertEquals(web.at("/metadata/uid"), upgraded.at("/metadata/uid"));
      requireSession(
          objects.find("cas.scone.cloud/encryptedpolicies", "prod", "shop-web").orElseThrow());

      Helm.uninstall("shop").withNamespace("prod").withKubeConfig(kubeconfig).call();
      assertEquals(Optional.empty(), objects.find("deployments", "prod", "web"));
      assertEquals(0, objects.all("services", "prod").size());

      misspell(chart);
      var refused =
          assertThrows(
              RuntimeException.class,
              () ->
                  helm.install()
                      .withName("wrong")
                      .withNamespace("prod")
                      .disableOpenApiValidation()
                      .withKubeConfig(kubeconfig)
                      .call());
      assertEquals(Optional.empty(), objects.find("deployments", "prod", "web"), refused::toString);
    }
  }

  /// An encrypted session of a mesh comes to the cluster before its pods.
  private static void requireSession(JsonNode object) {
    assertEquals("https://cas.example:8081", object.at("/spec/casAddress").asText());
    assertEquals("AAAA", object.at("/spec/policy").asText());
    assertEquals(ENCRYPTION_KEY, object.at("/spec/encryptionKey").asText());
    var notes = object.at("/metadata/annotations");
    assertEquals(KEY, notes.path("testudo.dev/cas-key").asText());
    assertEquals("pre-install,pre-upgrade", notes.path("helm.sh/hook").asText());
  }

  private static void misspell(Path chart) throws IOException {
    var template = chart.resolve("charts/web/templates/workload.yaml");
    var text = Files.readString(template);
    Files.writeString(template, text.replace("strategy:", "stratagem:"));
  }
}
