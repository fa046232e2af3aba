package dev.testudo.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.marcnuri.helm.Helm;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// The chart of CAS, as Helm and the models of Kubernetes' API see it.
@Timeout(600)
class CasChartIT {
  private static final String OWNER = "11111111111111111111111111111112";

  /// A CAS with a database that two processes share.
  private static final Map<String, Object> REPLICATED =
      Map.of(
          "replicas", 2,
          "database.hosts", "db.example:5433,other.example",
          "database.passwordSecret.name", "cas-database",
          "database.ca.configMap", "database-ca",
          "masterKey.secret", "cas-master-key");

  @TempDir private static Path folder;
  private static Path chart;

  @BeforeAll
  static void write() {
    chart = folder.resolve("chart");
    var written = Command.testudo("cas", "chart", "-o", chart.toString());
    assertEquals(0, written.exit(), written.all());
  }

  private static RenderedChart rendered(Map<String, Object> values) {
    Map<String, Object> all = new HashMap<>(values);
    all.putIfAbsent("owners[0]", OWNER);
    return RenderedChart.of(chart, "cas", all);
  }

  private static JsonNode pod(RenderedChart rendered, String kind) {
    return rendered.one(kind, "cas").at("/spec/template/spec");
  }

  private static List<String> arguments(JsonNode pod) {
    var arguments = new ArrayList<String>();
    pod.at("/containers/0/args").forEach(word -> arguments.add(word.asText()));
    return arguments;
  }

  @Test
  void helmFindsNothingWrongWithIt() {
    var lint = new Helm(chart).lint().strict().call();
    assertFalse(lint.isFailed(), () -> String.join("\n", lint.getMessages()));
    assertEquals(List.of(), lint.getMessages().stream().filter(m -> m.contains("[W")).toList());
  }

  @Test
  void everyObjectIsOneOfTheApiOfKubernetes() {
    rendered(Map.of()).requireValid();
    rendered(REPLICATED).requireValid();
    rendered(
            Map.of(
                "backup.enabled",
                true,
                "backup.claim",
                "backups",
                "runtimeClassName",
                "kata-qemu-snp",
                "imagePullSecrets[0]",
                "pull",
                "witness.address",
                "witness.example:8081",
                "witness.key",
                OWNER,
                "quotas.key.sessions",
                5,
                "quotas.key.mib",
                7))
        .requireValid();
  }

  @Test
  void withoutADatabaseItIsOneProcessWithAVolumeThatStays() {
    var rendered = rendered(Map.of());
    var set = rendered.one("StatefulSet", "cas");
    assertEquals(1, set.at("/spec/replicas").asInt());
    assertEquals("state", set.at("/spec/volumeClaimTemplates/0/metadata/name").asText());
    var pod = pod(rendered, "StatefulSet");
    assertEquals(
        List.of("--owner", OWNER, "--audit-mib", "64", "--audit-files", "4"), arguments(pod));
    assertTrue(rendered.one("NetworkPolicy", "cas").at("/spec/egress").isEmpty());
  }

  @Test
  void aPodNeedsNothingThatKubernetesRefusesToARestrictedOne() {
    for (var pod :
        List.of(pod(rendered(Map.of()), "StatefulSet"), pod(rendered(REPLICATED), "Deployment"))) {
      var container = pod.at("/containers/0");
      assertFalse(pod.path("automountServiceAccountToken").asBoolean(true));
      assertTrue(pod.at("/securityContext/runAsNonRoot").asBoolean());
      assertEquals("RuntimeDefault", pod.at("/securityContext/seccompProfile/type").asText());
      assertTrue(container.at("/securityContext/readOnlyRootFilesystem").asBoolean());
      assertFalse(container.at("/securityContext/allowPrivilegeEscalation").asBoolean(true));
      assertEquals("[\"ALL\"]", container.at("/securityContext/capabilities/drop").toString());
    }
  }

  @Test
  void secretsAreFilesAndNeverArgumentsOrVariables() {
    var rendered = rendered(REPLICATED);
    var pod = pod(rendered, "Deployment");
    var url =
        "jdbc:postgresql://db.example:5433,other.example/cas?user=cas&sslmode=verify-full"
            + "&sslrootcert=/run/testudo/database/ca.pem";
    assertEquals(
        List.of(
            "--owner",
            OWNER,
            "--key-credential",
            "master-key",
            "--store",
            url,
            "--store-password-credential",
            "database-password",
            "--audit-mib",
            "64",
            "--audit-files",
            "4"),
        arguments(pod));
    assertEquals(
        "[{\"name\":\"CREDENTIALS_DIRECTORY\",\"value\":\"/run/testudo/credentials\"}]",
        pod.at("/containers/0/env").toString());
    assertEquals(List.of(), rendered.ofKind("Secret"));
    var ports = rendered.one("NetworkPolicy", "cas").at("/spec/egress").findValuesAsText("port");
    assertEquals(Set.of("53", "5433", "5432"), Set.copyOf(ports));
  }

  @Test
  void allReplicasCanBeReplacedAtOnceIfTheStoreIsConverted() {
    Map<String, Object> values = new HashMap<>(REPLICATED);
    values.put("strategy.type", "Recreate");
    var deployment = rendered(values).one("Deployment", "cas");
    assertEquals("{\"type\":\"Recreate\"}", deployment.at("/spec/strategy").toString());
  }

  @Test
  void whatCannotWorkIsRefusedWithTheNameOfTheValue() {
    refused("owners", Map.of("owners[0]", "short"));
    refused("replicas", Map.of("replicas", 2));
    refused("persistance", Map.of("persistance.size", "1Gi"));
    refused("masterKey.secret", Map.of("database.hosts", "db.example"));
    refused(
        "database.ca.configMap",
        Map.of("database.hosts", "db.example", "masterKey.secret", "cas-master-key"));
    refused("database.hosts", Map.of("database.passwordSecret.name", "cas-database"));
    refused("database.hosts", Map.of("database.ca.configMap", "database-ca"));
    refused("backup.claim", Map.of("backup.enabled", true));
    refused("witness", Map.of("witness.key", OWNER));
    mentions(
        "owners",
        assertThrows(RuntimeException.class, () -> RenderedChart.of(chart, "cas", Map.of())));
  }

  private static void refused(String value, Map<String, Object> values) {
    mentions(value, assertThrows(RuntimeException.class, () -> rendered(values)));
  }

  /// What Helm says is not ours; it names the value.
  private static void mentions(String value, RuntimeException failed) {
    var said = failed.toString();
    assertTrue(said.contains(value), said);
  }
}
