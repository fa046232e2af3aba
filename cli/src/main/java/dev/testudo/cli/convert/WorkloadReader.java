package dev.testudo.cli.convert;

import dev.testudo.cli.convert.Workload.Container;
import dev.testudo.cli.convert.Workload.Port;
import dev.testudo.policy.source.Diagnostic;
import dev.testudo.policy.source.DiagnosticId;
import dev.testudo.policy.source.Text;
import dev.testudo.policy.yaml.YamlNode.Mapping;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// Reads the objects that start pods.
record WorkloadReader(Tree tree) {
  private static final Map<String, List<String>> POD_TEMPLATES =
      Map.of(
          "Deployment", List.of("spec", "template"),
          "StatefulSet", List.of("spec", "template"),
          "DaemonSet", List.of("spec", "template"),
          "Job", List.of("spec", "template"),
          "CronJob", List.of("spec", "jobTemplate", "spec", "template"),
          "Pod", List.of());

  /// Returns true for a kind that starts pods.
  static boolean knows(String kind) {
    return POD_TEMPLATES.containsKey(kind);
  }

  Optional<Workload> read(KubernetesObject object) {
    var path = POD_TEMPLATES.getOrDefault(object.kind().value(), List.of());
    var template = tree.mapping(object.root(), path.toArray(String[]::new));
    var pod = template.flatMap(t -> tree.mapping(t, "spec"));
    if (pod.isEmpty()) {
      var where = String.join(".", path) + (path.isEmpty() ? "spec" : ".spec");
      tree.problems()
          .add(
              Diagnostic.error(
                  DiagnosticId.MISSING_KEY,
                  object.kind().span(),
                  "a %s needs `%s`".formatted(object.kind().value(), where)));
      return Optional.empty();
    }
    var labels = new LinkedHashMap<String, String>();
    tree.mapping(template.orElseThrow(), "metadata")
        .ifPresent(m -> tree.strings(m, "labels").forEach((k, v) -> labels.put(k, v.value())));
    return Optional.of(
        new Workload(object, labels, containers(object, pod.get()), volumes(pod.get())));
  }

  private List<Container> containers(KubernetesObject object, Mapping pod) {
    tree.mappings(pod, "initContainers").forEach(this::warnInit);
    var specs = tree.mappings(pod, "containers");
    if (specs.isEmpty()) {
      tree.requiredText(pod, "containers", "a pod");
    }
    var containers = new ArrayList<Container>();
    for (var spec : specs) {
      var name = tree.requiredText(spec, "name", "a container");
      var image = tree.requiredText(spec, "image", "a container");
      if (name.isPresent() && image.isPresent()) {
        var workload = object.name().value();
        var service = specs.size() == 1 ? workload : workload + "-" + name.get().value();
        containers.add(
            new Container(service, name.get(), image.get(), ports(spec), user(pod, spec), spec));
      }
    }
    if (containers.size() > 1) {
      warnApart(containers.get(1).name());
    }
    return containers;
  }

  private void warnInit(Mapping container) {
    tree.problems()
        .add(
            Diagnostic.warning(
                    DiagnosticId.NOT_SUPPORTED_YET,
                    Tree.place(container),
                    "an init container is not converted")
                .helped("do its work in `build.run`, or in the program"));
  }

  private void warnApart(Text second) {
    tree.problems()
        .add(
            Diagnostic.warning(
                    DiagnosticId.NOT_SUPPORTED_YET,
                    second.span(),
                    "container `%s` becomes a service of its own".formatted(second.quotable()))
                .labelled("it no longer shares `localhost` and volumes with the first"));
  }

  private List<Port> ports(Mapping spec) {
    var ports = new ArrayList<Port>();
    for (var port : tree.mappings(spec, "ports")) {
      var number =
          tree.requiredText(port, "containerPort", "a port").flatMap(t -> Ports.number(t, tree));
      var isTcp = tree.text(port, "protocol").map(Text::value).orElse("TCP").equals("TCP");
      var name = tree.text(port, "name").map(Text::value).orElse("");
      if (isTcp) {
        number.ifPresent(n -> ports.add(new Port(name, n)));
      }
    }
    return ports;
  }

  private Optional<String> user(Mapping pod, Mapping spec) {
    return security(pod, spec, "runAsUser")
        .map(u -> u + security(pod, spec, "runAsGroup").map(g -> ":" + g).orElse(""));
  }

  /// Returns a key of the container's security context, or else of the pod's.
  private Optional<String> security(Mapping pod, Mapping spec, String key) {
    return tree.mapping(spec, "securityContext")
        .flatMap(context -> tree.text(context, key))
        .or(() -> tree.mapping(pod, "securityContext").flatMap(c -> tree.text(c, key)))
        .map(Text::value);
  }

  private Map<String, Mapping> volumes(Mapping pod) {
    var volumes = new LinkedHashMap<String, Mapping>();
    for (var volume : tree.mappings(pod, "volumes")) {
      tree.requiredText(volume, "name", "a volume").ifPresent(n -> volumes.put(n.value(), volume));
    }
    return volumes;
  }
}
