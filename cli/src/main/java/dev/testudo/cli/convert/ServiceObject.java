package dev.testudo.cli.convert;

import dev.testudo.policy.source.Text;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Optional;

/// A Service: a name by which pods are reached.
///
/// @param selector which pods; a Service without a selector has none
record ServiceObject(KubernetesObject object, Optional<Selector> selector, List<Port> ports) {
  ServiceObject {
    ports = List.copyOf(ports);
  }

  /// A port of the Service.
  ///
  /// @param number where callers connect to
  /// @param name may be empty
  /// @param target number or name of the pod's port
  record Port(Text number, String name, String target) {}

  static ServiceObject read(KubernetesObject object, Tree tree) {
    var spec = tree.mapping(object.root(), "spec");
    var selector =
        spec.filter(s -> tree.has(s, "selector"))
            .map(s -> Selector.ofLabels(tree.strings(s, "selector")));
    var ports =
        spec.map(s -> tree.mappings(s, "ports")).orElse(List.of()).stream()
            .filter(p -> tree.text(p, "protocol").map(Text::value).orElse("TCP").equals("TCP"))
            .flatMap(
                port ->
                    tree
                        .requiredText(port, "port", "a port of a Service")
                        .filter(number -> Ports.number(number, tree).isPresent())
                        .map(
                            number ->
                                new Port(
                                    number,
                                    tree.text(port, "name").map(Text::value).orElse(""),
                                    tree.text(port, "targetPort").orElse(number).value()))
                        .stream())
            .toList();
    return new ServiceObject(object, selector, ports);
  }

  String name() {
    return object.name().value();
  }

  /// Returns true if the Service leads to the pods of a workload.
  boolean leadsTo(Workload workload) {
    return selector.filter(s -> s.accepts(workload.labels())).isPresent();
  }

  /// Returns the ports that lead to a port of a workload.
  List<Port> portsTo(Workload workload, int port) {
    return leadsTo(workload)
        ? ports.stream().filter(p -> workload.port(p.target()).orElse(-1) == port).toList()
        : List.of();
  }

  /// Returns a line such as `db: 5432`.
  String described() {
    var numbers = new LinkedHashMap<String, Boolean>();
    ports.forEach(port -> numbers.put(port.number().value(), true));
    return name() + ": " + String.join(", ", numbers.keySet());
  }
}
