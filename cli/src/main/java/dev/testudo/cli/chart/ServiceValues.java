package dev.testudo.cli.chart;

import dev.testudo.cli.chart.ChartOrder.PulledImage;
import dev.testudo.policy.deployment.MeshNetwork;
import dev.testudo.policy.deployment.MeshNetwork.Link;
import dev.testudo.policy.deployment.MeshNetwork.Port;
import dev.testudo.policy.deployment.PlannedService;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Collectors;

/// The values of one service's chart that follow from the mesh.
///
/// @param mesh the name of the mesh in the cluster
/// @param hosts the service of each host name by which others connect
/// @param joinTokens the name of the Secret with the join tokens of all services, if they need any
record ServiceValues(
    String mesh,
    KubernetesNames names,
    MeshNetwork network,
    Map<String, String> hosts,
    Optional<String> joinTokens) {
  ServiceValues {
    hosts = Collections.unmodifiableMap(new TreeMap<>(hosts));
  }

  Map<String, Object> of(PlannedService service, PulledImage image) {
    var ports = network.service(service.name()).ports();
    Map<String, Object> values = new LinkedHashMap<>();
    values.put("name", names.of(service));
    values.put("mesh", mesh);
    values.put("kind", "Deployment");
    values.put("configId", service.configId());
    values.put("image", image(service, image));
    values.put("ports", ports.stream().map(ServiceValues::port).toList());
    values.put("joinToken", joinToken(service));
    values.put("networkPolicy", networkPolicy(service, ports));
    values.put("aliases", aliases(service));
    return values;
  }

  /// Returns further names of the Service object: host names without a dot by which the Meshfile
  /// says that others connect. A longer name belongs to the cluster.
  private List<String> aliases(PlannedService service) {
    return hosts.entrySet().stream()
        .filter(host -> host.getValue().equals(service.name()))
        .map(Map.Entry::getKey)
        .filter(host -> host.matches("[a-z]([-a-z0-9]{0,61}[a-z0-9])?"))
        .filter(host -> !names.names().containsValue(host))
        .toList();
  }

  /// Returns a port for the probe that the service itself does not use, if it uses the usual one.
  Optional<Integer> probePort(PlannedService service) {
    var used =
        network.service(service.name()).ports().stream()
            .map(Port::number)
            .collect(Collectors.toSet());
    return Optional.of(PodDefaults.freeProbePort(used))
        .filter(port -> port != PodDefaults.PROBE_PORT);
  }

  private static Map<String, Object> image(PlannedService service, PulledImage image) {
    Map<String, Object> values = new LinkedHashMap<>();
    values.put("repository", image.repository());
    values.put("digest", image.digest().toString());
    values.put("pullPolicy", service.values().getOrDefault("imagePullPolicy", "IfNotPresent"));
    return values;
  }

  private static Map<String, Object> port(Port port) {
    Map<String, Object> values = new LinkedHashMap<>();
    values.put("name", "tcp-" + port.number());
    values.put("port", port.number());
    return values;
  }

  private Map<String, Object> joinToken(PlannedService service) {
    Map<String, Object> values = new LinkedHashMap<>();
    values.put("secret", joinTokens.orElse(""));
    values.put("key", joinTokens.isPresent() ? KubernetesNames.ofJoinToken(service.name()) : "");
    return values;
  }

  /// A second fence, outside of what attestation protects. A service whose shield lets connections
  /// pass that no rule names gets none, because its connections are not known.
  private Map<String, Object> networkPolicy(PlannedService service, List<Port> ports) {
    Map<String, Object> values = new LinkedHashMap<>();
    values.put("enabled", network.service(service.name()).restricted());
    values.put("ingress", ports.stream().map(port -> ingress(service, port)).toList());
    values.put(
        "egress",
        network.links().stream()
            .filter(link -> link.from().equals(service.name()))
            .map(this::egress)
            .distinct()
            .toList());
    return values;
  }

  /// A port that authenticates its clients is open to those of the mesh, if there are any. All
  /// other ports are open to everybody.
  private Map<String, Object> ingress(PlannedService service, Port port) {
    Map<String, Object> values = new LinkedHashMap<>();
    values.put("port", port.number());
    var callers = network.callers(service.name(), port.number());
    if (port.protection() == MeshNetwork.Protection.MUTUAL_TLS && !callers.isEmpty()) {
      values.put("from", new ArrayList<>(callers.stream().map(names::of).toList()));
    }
    return values;
  }

  private Map<String, Object> egress(Link link) {
    Map<String, Object> values = new LinkedHashMap<>();
    values.put("port", link.port());
    link.to().map(names::of).ifPresent(to -> values.put("to", to));
    return values;
  }
}
