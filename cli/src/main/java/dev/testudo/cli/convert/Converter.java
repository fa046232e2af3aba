package dev.testudo.cli.convert;

import dev.testudo.cli.chart.ChartOrder.CasIdentity;
import dev.testudo.cli.chart.KubernetesNames;
import dev.testudo.cli.chart.PodDefaults;
import dev.testudo.cli.convert.Conversion.Choices;
import dev.testudo.cli.convert.Conversion.OutputFile;
import dev.testudo.policy.source.Diagnostic;
import dev.testudo.policy.source.DiagnosticId;
import dev.testudo.policy.source.Parsed;
import dev.testudo.policy.source.Problems;
import dev.testudo.policy.source.SourceFile;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.TreeSet;

/// Converts all objects at once.
final class Converter {
  private final Choices choices;
  private final Problems problems = new Problems();
  private final Tree tree = new Tree(problems);
  private final Report report = new Report();

  Converter(Choices choices) {
    this.choices = choices;
  }

  Parsed<Conversion> convert(List<SourceFile> files) {
    var objects = new Documents(problems).read(files);
    var cluster = Cluster.of(objects, tree, report);
    if (cluster.workloads().isEmpty() && !problems.anyErrors()) {
      problems.add(
          Diagnostic.error(
                  DiagnosticId.MISSING_VALUE, files.getFirst().span(0, 0), "no object starts a pod")
              .helped("a Deployment, StatefulSet, DaemonSet, Job, CronJob or Pod does"));
    }
    var network = network(cluster);
    var secrets = secrets(cluster);
    var sources = new Sources(cluster.data(), secrets, problems);
    var services = services(cluster, sources);
    reportOthers(cluster, secrets, services);
    var output = new ArrayList<OutputFile>();
    requireNameOfMesh(cluster, files.getFirst());
    if (!problems.anyErrors()) {
      var values = new ChartValuesConverter(tree, report, cluster.services());
      var namespace = namespace(cluster);
      output.addAll(
          new MeshFiles(choices.target(), namespace, secrets, network, values).of(services));
      inPlace(namespace, network, services)
          .ifPresent(again -> output.addAll(again.of(objects, sources.used())));
    }
    return problems.result(() -> new Conversion(output, report.lines()));
  }

  private String namespace(Cluster cluster) {
    return choices.target().namespace().orElse(cluster.namespace());
  }

  /// Pods of a cluster belong to a mesh with a name there, as the chart has it.
  private void requireNameOfMesh(Cluster cluster, SourceFile first) {
    var namespace = namespace(cluster);
    if (choices.inPlace().isPresent() && KubernetesNames.ofMesh(namespace).isEmpty()) {
      problems.add(
          Diagnostic.error(
                  DiagnosticId.INVALID_NAME,
                  first.span(0, 0),
                  "the namespace `%s` gives no name for objects".formatted(namespace))
              .helped("choose another one with `--namespace`: 1 to 40 letters and digits"));
    }
  }

  private NetworkConverter network(Cluster cluster) {
    var reader = new NetworkPolicyReader(tree, cluster.workloads(), cluster.namespace());
    var policies = cluster.policies().stream().map(reader::policy).toList();
    var network =
        new NetworkConverter(tree, report, cluster.workloads(), cluster.services(), policies);
    network.convert(reader, cluster.ingresses());
    return network;
  }

  private SharedSecrets secrets(Cluster cluster) {
    var generate = new LinkedHashSet<>(choices.generate());
    cluster.workloads().forEach(w -> generate.addAll(w.annotations().generate()));
    return new SharedSecrets(generate, problems);
  }

  private List<ConvertedService> services(Cluster cluster, Sources sources) {
    var converter = new ServiceConverter(tree, sources, report, choices);
    var services = new ArrayList<ConvertedService>();
    for (var workload : cluster.workloads()) {
      for (var container : workload.containers()) {
        services.add(converter.convert(workload, container));
      }
      report.readable(
          "%s: name, image, labels, replicas, resources and probes"
              .formatted(workload.object().described()));
    }
    return services;
  }

  private void reportOthers(
      Cluster cluster, SharedSecrets secrets, List<ConvertedService> services) {
    cluster
        .ingresses()
        .forEach(
            ingress ->
                report.readable(ingress.described() + ": its controller reads the requests"));
    for (var unused : secrets.unused()) {
      report.left("--generate-secrets %s: no pod uses it".formatted(unused));
    }
    var commands = new TreeSet<>(choices.commands().keySet());
    services.forEach(service -> commands.remove(service.name()));
    for (var unused : commands) {
      report.left("--command %s: no service has this name".formatted(unused));
    }
    var volumes = new TreeSet<>(choices.plainVolumes());
    services.forEach(
        service -> service.kept().forEach(mount -> volumes.remove(mount.name().value())));
    for (var unused : volumes) {
      report.left("--plain-volumes %s: no pod mounts such a volume".formatted(unused));
    }
  }

  private Optional<InPlaceObjects> inPlace(
      String namespace, NetworkConverter network, List<ConvertedService> services) {
    choices
        .inPlace()
        .filter(CasIdentity::isLoopback)
        .ifPresent(
            cas ->
                report.advise(
                    "pods do not reach CAS at %s; change the address in testudo-cas.yaml"
                        .formatted(cas.address())));
    return choices
        .inPlace()
        .map(
            cas ->
                new InPlaceMesh(
                    KubernetesNames.ofMesh(namespace).orElseThrow(),
                    namespace,
                    cas,
                    choices.target().tolerate().contains("software-evidence"),
                    PodDefaults.read()))
        .map(mesh -> new InPlaceObjects(mesh, network, services, report));
  }
}
