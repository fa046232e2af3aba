package dev.testudo.cli.convert;

import java.util.Optional;
import java.util.OptionalDouble;

/// Checks requests and limits of containers, in which an agent now runs, too.
record Resources(Report report) {
  /// What an agent takes beside its program: the default request of the chart.
  private static final String OF_AGENT = "192Mi";

  /// Returns `resources` that stay valid over the defaults of the chart: a limit is never below the
  /// request, as Kubernetes demands, and a request that is missing is the limit, as in Kubernetes.
  Draft forChart(String service, Draft resources) {
    check(service, resources);
    resources.removeIf(key -> !key.equals("requests") && !key.equals("limits"));
    for (var resource : new String[] {"cpu", "memory"}) {
      var limit = resources.at("limits").flatMap(l -> l.text(resource));
      var request = resources.at("requests").flatMap(r -> r.text(resource));
      if (limit.isPresent() && request.isEmpty()) {
        resources.in("requests").put(resource, limit.get());
      }
    }
    var request = resources.at("requests").flatMap(r -> r.text("memory"));
    if (request.isPresent() && resources.at("limits", "memory").isEmpty()) {
      var limit = resources.at("limits").flatMap(l -> l.text("memory"));
      if (limit.isEmpty() && isAbove(request, "1Gi")) {
        resources.in("limits").put("memory", request.get());
      }
    }
    return resources;
  }

  /// Reports a limit that leaves the program too little.
  void check(String service, Draft resources) {
    var limit = resources.at("limits").flatMap(l -> l.text("memory"));
    if (limit.isPresent() && !isAbove(limit, OF_AGENT)) {
      report.advise(
          "%s: its memory limit is %s, and the agent takes up to %s beside the program"
              .formatted(service, limit.get(), OF_AGENT));
    }
  }

  private static boolean isAbove(Optional<String> quantity, String other) {
    var one = quantity.map(Quantity::read).orElse(OptionalDouble.empty());
    return one.orElse(0) > Quantity.read(other).orElse(0);
  }
}
