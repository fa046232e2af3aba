package dev.testudo.it;

import com.fasterxml.jackson.databind.JsonNode;
import dev.testudo.it.kube.ClusterStandIn;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/// The chart of the operator, rendered.
record OperatorChart(RenderedChart rendered) {
  static final Path DIRECTORY = Command.ROOT.resolve("operator/src/main/chart");

  static OperatorChart rendered(Map<String, Object> values) {
    return new OperatorChart(RenderedChart.of(DIRECTORY, "testudo-operator", values));
  }

  /// Creates the definitions of the chart, and gives its roles to the holder of `token`.
  void installInto(ClusterStandIn cluster, String token) {
    rendered
        .ofKind("CustomResourceDefinition")
        .forEach(one -> cluster.objects().create(one.toString()));
    cluster.user(token, roles());
  }

  private List<JsonNode> roles() {
    var all = new ArrayList<>(rendered.ofKind("ClusterRole"));
    all.addAll(rendered.ofKind("Role"));
    return all;
  }
}
