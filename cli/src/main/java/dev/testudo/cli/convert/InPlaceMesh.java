package dev.testudo.cli.convert;

import dev.testudo.cli.chart.ChartOrder.CasIdentity;
import dev.testudo.cli.chart.KubernetesNames;
import dev.testudo.cli.chart.PodDefaults;
import java.util.List;

/// What all converted pods of a mesh have in common.
///
/// @param name the name of the mesh in the cluster
/// @param namespace the namespace of the mesh on its CAS
/// @param cas the CAS
/// @param hasJoinTokens whether pods need join tokens
/// @param defaults what pods of a chart have
record InPlaceMesh(
    String name, String namespace, CasIdentity cas, boolean hasJoinTokens, PodDefaults defaults) {
  private static final String ADDRESS = "address";
  private static final String KEY = "key";

  /// Returns the id by which a service identifies itself to CAS.
  String configId(ConvertedService service) {
    return "%s/%s/%s".formatted(namespace, service.name(), service.program());
  }

  /// Returns the name of the Secret with the join tokens.
  String joinTokens() {
    return KubernetesNames.ofJoinTokens(name);
  }

  /// Returns the port of the CAS.
  int casPort() {
    return Integer.parseInt(cas.address().substring(cas.address().lastIndexOf(':') + 1));
  }

  private String casName() {
    return name + "-cas";
  }

  /// Returns the ConfigMap that names the CAS. It is no secret, and nobody must trust it: an agent
  /// accepts no CAS with another key, and no CAS gives a secret to a pod that it does not know.
  Draft casObject() {
    return new Draft()
        .put("apiVersion", "v1")
        .put("kind", "ConfigMap")
        .put("metadata", new Draft().put("name", casName()))
        .put("data", new Draft().put(ADDRESS, cas.address()).put(KEY, cas.key()));
  }

  /// Returns the variables by which an agent finds CAS.
  List<Draft> casVariables() {
    return List.of(fromCas("SCONE_CAS_ADDR", ADDRESS), fromCas("TESTUDO_CAS_KEY", KEY));
  }

  private Draft fromCas(String variable, String key) {
    var reference = new Draft().put("name", casName()).put("key", key);
    return new Draft()
        .put("name", variable)
        .put("valueFrom", new Draft().put("configMapKeyRef", reference));
  }
}
