package dev.testudo.cli.convert;

import dev.testudo.policy.source.Text;
import dev.testudo.policy.yaml.YamlNode.Mapping;
import java.util.ArrayList;
import java.util.List;

/// Reads Ingresses (Kubernetes API, `networking.k8s.io/v1`).
record IngressReader(Tree tree) {

  /// A Service that gets requests from outside.
  ///
  /// @param port its number or its name
  record Backend(Text service, String port) {}

  List<Backend> backends(KubernetesObject ingress) {
    var found = new ArrayList<Backend>();
    var spec = tree.mapping(ingress.root(), "spec");
    spec.flatMap(s -> tree.mapping(s, "defaultBackend")).ifPresent(b -> add(b, found));
    for (var rule : spec.map(s -> tree.mappings(s, "rules")).orElse(List.of())) {
      tree.mapping(rule, "http")
          .ifPresent(
              http ->
                  tree.mappings(http, "paths")
                      .forEach(
                          path -> tree.mapping(path, "backend").ifPresent(b -> add(b, found))));
    }
    return found;
  }

  private void add(Mapping backend, List<Backend> found) {
    tree.mapping(backend, "service")
        .ifPresent(
            service -> {
              var name = tree.requiredText(service, "name", "a backend");
              var port =
                  tree.mapping(service, "port")
                      .flatMap(p -> tree.text(p, "number").or(() -> tree.text(p, "name")));
              name.ifPresent(n -> found.add(new Backend(n, port.map(Text::value).orElse(""))));
            });
  }
}
