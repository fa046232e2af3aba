package dev.testudo.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.marcnuri.helm.Helm;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// The chart of the operator, as Helm and the models of Kubernetes' API see it.
@Timeout(600)
class OperatorChartIT {
  private static List<JsonNode> others(RenderedChart chart) {
    return chart.objects().stream()
        .filter(one -> !one.path("kind").asText().equals("CustomResourceDefinition"))
        .toList();
  }

  @Test
  void helmFindsNothingWrongWithIt() {
    var lint = new Helm(OperatorChart.DIRECTORY).lint().strict().call();
    assertFalse(lint.isFailed(), () -> String.join("\n", lint.getMessages()));
    assertEquals(
        List.of(), lint.getMessages().stream().filter(m -> m.contains("WARNING")).toList());
  }

  @Test
  void everyObjectIsOneOfTheApiOfKubernetes() {
    for (var values :
        List.of(
            Map.<String, Object>of(),
            Map.<String, Object>of("namespaces[0]", "a", "namespaces[1]", "b"),
            Map.<String, Object>of(
                "scone.enabled", false, "imagePullSecrets[0]", "pull", "podLabels.a", "b"))) {
      var chart = OperatorChart.rendered(values).rendered();
      new RenderedChart(chart.text(), others(chart)).requireValid();
    }
  }

  @Test
  void itHasRightsInTheNamespacesOnlyThatItWatches() {
    var chart = OperatorChart.rendered(Map.of("namespaces[0]", "a", "namespaces[1]", "b"));
    assertEquals(List.of(), chart.rendered().ofKind("ClusterRole"));
    var spaces = new TreeSet<String>();
    chart
        .rendered()
        .ofKind("Role")
        .forEach(one -> spaces.add(one.at("/metadata/namespace").asText()));
    assertEquals(new TreeSet<>(List.of("a", "b", "default")), spaces);
    var arguments = new ArrayList<String>();
    chart
        .rendered()
        .ofKind("Deployment")
        .getFirst()
        .at("/spec/template/spec/containers/0/args")
        .forEach(one -> arguments.add(one.asText()));
    assertEquals(
        List.of("--namespace", "a", "--namespace", "b"),
        arguments.subList(arguments.size() - 4, arguments.size()));
  }

  @Test
  void nobodyWhoTakesTheOperatorOverCanReadASecretOrDeleteAnything() {
    var chart = OperatorChart.rendered(Map.of()).rendered();
    for (var role : List.of("ClusterRole", "Role")) {
      for (var one : chart.ofKind(role)) {
        var text = one.path("rules").toString();
        for (var never : List.of("secrets", "delete", "*", "exec", "escalate", "impersonate")) {
          assertFalse(text.contains("\"" + never + "\""), text);
        }
      }
    }
  }

  @Test
  void theDefinitionsOfSconeCanBeLeftOutAndNoDefinitionIsEverDeleted() {
    var all = OperatorChart.rendered(Map.of()).rendered().ofKind("CustomResourceDefinition");
    assertTrue(
        all.stream().anyMatch(one -> one.at("/spec/group").asText().endsWith("scone.cloud")));
    for (var one : all) {
      assertEquals("keep", one.at("/metadata/annotations/helm.sh~1resource-policy").asText());
    }
    var ours =
        OperatorChart.rendered(Map.of("scone.definitions", false))
            .rendered()
            .ofKind("CustomResourceDefinition");
    ours.forEach(one -> assertEquals("testudo.dev", one.at("/spec/group").asText()));
  }

  @Test
  void aValueThatNoTemplateKnowsIsRefused() {
    assertThrows(RuntimeException.class, () -> OperatorChart.rendered(Map.of("replica", 3)));
  }
}
