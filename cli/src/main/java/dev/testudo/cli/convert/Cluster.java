package dev.testudo.cli.convert;

import dev.testudo.policy.source.Diagnostic;
import dev.testudo.policy.source.DiagnosticId;
import dev.testudo.policy.source.Problems;
import dev.testudo.policy.source.Text;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/// All objects of a conversion, by what they mean.
///
/// @param namespace the one namespace of the objects
record Cluster(
    List<Workload> workloads,
    Map<Sources.Key, Data> data,
    List<ServiceObject> services,
    List<KubernetesObject> policies,
    List<KubernetesObject> ingresses,
    String namespace) {
  /// The longest name of a service, which is a segment of the name of its session.
  private static final int LONGEST_NAME = 128;

  private static final Set<String> UNDERSTOOD =
      Set.of("ConfigMap", "Secret", "Service", "NetworkPolicy", "Ingress");

  /// Sorts objects. Reports names that occur twice and objects of several namespaces.
  static Cluster of(List<KubernetesObject> objects, Tree tree, Report report) {
    var workloads = new ArrayList<Workload>();
    var data = new LinkedHashMap<Sources.Key, Data>();
    var services = new ArrayList<ServiceObject>();
    var policies = new ArrayList<KubernetesObject>();
    var ingresses = new ArrayList<KubernetesObject>();
    var reader = new WorkloadReader(tree);
    var understood = understood(objects, tree, report);
    for (var object : understood) {
      switch (object.kind().value()) {
        case "ConfigMap", "Secret" -> {
          var read = Data.read(object, tree);
          data.put(new Sources.Key(read.isSecret(), object.name().value()), read);
        }
        case "Service" -> services.add(ServiceObject.read(object, tree));
        case "NetworkPolicy" -> policies.add(object);
        case "Ingress" -> ingresses.add(object);
        default -> reader.read(object).ifPresent(workloads::add);
      }
    }
    areDistinct(understood, tree.problems());
    haveDistinctServices(workloads, tree.problems());
    haveServiceNames(workloads, tree.problems());
    var namespace = namespace(understood, tree);
    return new Cluster(workloads, data, services, policies, ingresses, namespace);
  }

  private static List<KubernetesObject> understood(
      List<KubernetesObject> all, Tree tree, Report report) {
    var understood = new ArrayList<KubernetesObject>();
    for (var object : all) {
      var kind = object.kind().value();
      var isWorkload = WorkloadReader.knows(kind);
      if (SconeObjects.isOne(object)) {
        new SconeObjects(tree, report).read(object);
      } else if (isWorkload && object.isOwned()) {
        report.left(object.described() + ": another object creates it");
      } else if (!object.annotations().converts()) {
        report.left(object.described() + ": its annotation says so");
      } else if ((isWorkload || UNDERSTOOD.contains(kind)) && isOfKubernetes(object.version())) {
        understood.add(object);
      } else {
        report.left(object.described() + ": no part of a mesh; use it as it is");
      }
    }
    return understood;
  }

  /// Returns true for groups of Kubernetes itself, which have no dot or end in `.k8s.io`.
  private static boolean isOfKubernetes(String version) {
    var slash = version.indexOf('/');
    var group = slash < 0 ? "" : version.substring(0, slash);
    return group.indexOf('.') < 0 || group.endsWith(".k8s.io");
  }

  private static void areDistinct(List<KubernetesObject> objects, Problems problems) {
    var first = new HashMap<String, KubernetesObject>();
    for (var object : objects) {
      // Each workload becomes a service, so workloads share one set of names.
      var kind = object.kind().value();
      var set = WorkloadReader.knows(kind) ? "workload" : kind;
      var other = first.putIfAbsent(set + " " + object.name().value(), object);
      if (other != null) {
        problems.add(
            Diagnostic.error(
                    DiagnosticId.DUPLICATE_NAME,
                    object.name().span(),
                    "%s `%s` is defined twice".formatted(set, object.name().value()))
                .helped("it is also at " + other.name().span().place()));
      }
    }
  }

  private static void haveDistinctServices(List<Workload> workloads, Problems problems) {
    var first = new HashMap<String, Text>();
    for (var workload : workloads) {
      for (var container : workload.containers()) {
        var other = first.putIfAbsent(container.service(), container.name());
        if (other != null) {
          problems.add(
              Diagnostic.error(
                      DiagnosticId.DUPLICATE_NAME,
                      container.name().span(),
                      "two containers become the service `%s`".formatted(container.service()))
                  .labelled("the other one is at " + other.span().place())
                  .helped("choose another name with the annotation `testudo.dev/name`"));
        }
      }
    }
  }

  /// A service has a folder of its name, beside the Meshfile.
  private static void haveServiceNames(List<Workload> workloads, Problems problems) {
    for (var workload : workloads) {
      for (var container : workload.containers()) {
        var name = container.service();
        if (name.length() > LONGEST_NAME || name.equals(MeshFiles.MESH)) {
          problems.add(
              Diagnostic.error(
                      DiagnosticId.INVALID_NAME,
                      container.name().span(),
                      "a service cannot have the name `%s`".formatted(name))
                  .helped(
                      "choose another one of up to %d characters with the annotation `testudo.dev/name`"
                          .formatted(LONGEST_NAME)));
        }
      }
    }
  }

  private static String namespace(List<KubernetesObject> objects, Tree tree) {
    var first = Optional.<Text>empty();
    for (var object : objects) {
      var namespace = tree.text(object.metadata(), "namespace");
      if (first.isEmpty()) {
        first = namespace;
      } else if (namespace.isPresent() && !namespace.get().value().equals(first.get().value())) {
        tree.problems()
            .add(
                Diagnostic.error(
                        DiagnosticId.NOT_SUPPORTED_YET,
                        namespace.get().span(),
                        "the objects are of several namespaces")
                    .labelled("not `%s`".formatted(first.get().quotable()))
                    .helped("convert the objects of each namespace alone"));
        break;
      }
    }
    return first.map(Text::value).orElse("default");
  }
}
