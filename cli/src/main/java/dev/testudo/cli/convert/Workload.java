package dev.testudo.cli.convert;

import dev.testudo.policy.source.Text;
import dev.testudo.policy.yaml.YamlNode.Mapping;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;

/// An object that starts pods.
///
/// @param labels the labels of its pods
/// @param volumes the volumes of its pods, by name
/// @param pod the `spec` of its pods
record Workload(
    KubernetesObject object,
    Map<String, String> labels,
    List<Container> containers,
    Map<String, Mapping> volumes,
    Mapping pod) {
  Workload {
    labels = Collections.unmodifiableMap(new LinkedHashMap<>(labels));
    containers = List.copyOf(containers);
    volumes = Map.copyOf(volumes);
  }

  ObjectAnnotations annotations() {
    return object.annotations();
  }

  /// A container of the pod, which becomes a service of the mesh.
  ///
  /// @param service the name of the service
  /// @param image the image that it starts
  /// @param ports the TCP ports that it declares
  /// @param user `USER` or `USER:GROUP`, if the pod or an annotation says
  /// @param spec the container as it is written
  record Container(
      String service,
      Text name,
      Text image,
      List<Port> ports,
      Optional<String> user,
      Mapping spec) {
    Container {
      ports = List.copyOf(ports);
    }
  }

  /// A port of a container.
  ///
  /// @param name empty if it has none
  record Port(String name, int number) {}

  /// Returns the number of a port that is given as a number or by its name.
  OptionalInt port(String given) {
    if (given.matches("[0-9]{1,5}")) {
      return OptionalInt.of(Integer.parseInt(given));
    }
    return containers.stream()
        .flatMap(container -> container.ports().stream())
        .filter(port -> port.name().equals(given))
        .mapToInt(Port::number)
        .findFirst();
  }

  /// Returns the container that has a port: the only one, or the one that declares it.
  Optional<Container> at(int port) {
    if (containers.size() == 1) {
      return Optional.of(containers.getFirst());
    }
    return containers.stream()
        .filter(container -> container.ports().stream().anyMatch(p -> p.number() == port))
        .findFirst();
  }

  /// Returns the names of its services.
  List<String> services() {
    return containers.stream().map(Container::service).toList();
  }
}
