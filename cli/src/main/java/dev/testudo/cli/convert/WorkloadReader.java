package dev.testudo.cli.convert;

import dev.testudo.cli.convert.Workload.Container;
import dev.testudo.cli.convert.Workload.Port;
import dev.testudo.image.oci.ImageName;
import dev.testudo.image.oci.ImageNameReading;
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

  /// Returns the keys that lead to the template of an object's pods; none for a Pod itself.
  static List<String> template(String kind) {
    return POD_TEMPLATES.getOrDefault(kind, List.of());
  }

  /// Reads the annotations of an object of any kind.
  ObjectAnnotations annotations(String kind, Mapping metadata, Mapping root) {
    if (!knows(kind)) {
      return ObjectAnnotations.of(metadata, tree);
    }
    var path = template(kind);
    var pods =
        path.isEmpty()
            ? Optional.<Mapping>empty()
            : tree.mapping(root, path.toArray(String[]::new))
                .flatMap(template -> tree.mapping(template, "metadata"));
    return ObjectAnnotations.ofPods(metadata, pods, tree);
  }

  Optional<Workload> read(KubernetesObject object) {
    var path = template(object.kind().value());
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
    var containers = containers(base(object), object.annotations(), pod.get());
    object.annotations().check(containers.stream().map(c -> c.name().value()).toList(), tree);
    return Optional.of(new Workload(object, labels, containers, volumes(pod.get()), pod.get()));
  }

  /// Returns what the names of services begin with. They become names of folders, too.
  private String base(KubernetesObject object) {
    var name = object.annotations().name().orElse(object.name());
    checkName(name);
    return name.value();
  }

  private void checkName(Text name) {
    if (!name.value().matches("[a-z0-9]([-a-z0-9.]{0,251}[a-z0-9])?")) {
      tree.problems()
          .add(
              Diagnostic.error(
                      DiagnosticId.INVALID_NAME,
                      name.span(),
                      "`%s` is not the name of an object".formatted(name.quotable()))
                  .helped("names have lower case letters, digits, `-` and `.`"));
    }
  }

  private void checkImage(Text image) {
    if (ImageName.read(image.value()) instanceof ImageNameReading.Mistake(_, var message)) {
      tree.problems().add(Diagnostic.error(DiagnosticId.INVALID_VALUE, image.span(), message));
    }
  }

  private List<Container> containers(String base, ObjectAnnotations annotations, Mapping pod) {
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
        checkName(name.get());
        checkImage(image.get());
        var service = specs.size() == 1 ? base : base + "-" + name.get().value();
        var user = user(pod, spec).or(() -> annotations.user(name.get().value()).map(Text::value));
        containers.add(new Container(service, name.get(), image.get(), ports(spec), user, spec));
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
                .labelled("it does not run any more")
                .helped(
                    "to wait for others is not needed; prepare files with `build.run`, and let a Job"
                        + " do what changes data"));
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
