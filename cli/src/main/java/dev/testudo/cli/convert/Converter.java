package dev.testudo.cli.convert;

import dev.testudo.cli.convert.Conversion.Choices;
import dev.testudo.cli.convert.Conversion.OutputFile;
import dev.testudo.policy.source.Diagnostic;
import dev.testudo.policy.source.DiagnosticId;
import dev.testudo.policy.source.Parsed;
import dev.testudo.policy.source.Problems;
import dev.testudo.policy.source.SourceFile;
import dev.testudo.policy.yaml.YamlWriter;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// Converts all objects at once.
final class Converter {
  private static final String VERSION = "scone/5.8";

  private final Choices choices;
  private final Problems problems = new Problems();
  private final Tree tree = new Tree(problems);
  private final Report report = new Report();
  private final SharedSecrets secrets;

  Converter(Choices choices) {
    this.choices = choices;
    this.secrets = new SharedSecrets(choices.generate(), problems);
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
    var manifests = manifests(cluster);
    var output = problems.anyErrors() ? List.<OutputFile>of() : output(cluster, network, manifests);
    return problems.result(() -> new Conversion(output, report.lines()));
  }

  private NetworkConverter network(Cluster cluster) {
    var reader = new NetworkPolicyReader(tree, cluster.workloads(), cluster.namespace());
    var policies = cluster.policies().stream().map(reader::policy).toList();
    var network =
        new NetworkConverter(tree, report, cluster.workloads(), cluster.services(), policies);
    network.convert(reader, cluster.ingresses());
    return network;
  }

  private Map<String, Map<String, Object>> manifests(Cluster cluster) {
    var sources = new Sources(cluster.data(), secrets, problems);
    var converter = new ServiceConverter(tree, sources, report, choices);
    var manifests = new LinkedHashMap<String, Map<String, Object>>();
    for (var workload : cluster.workloads()) {
      for (var container : workload.containers()) {
        manifests.put(container.service(), converter.convert(workload, container));
      }
      report.readable(
          "%s: name, image, labels, replicas, resources and probes"
              .formatted(workload.object().described()));
    }
    for (var unused : secrets.unused()) {
      report.left("--generate-secrets %s: no pod uses it".formatted(unused));
    }
    return manifests;
  }

  private List<OutputFile> output(
      Cluster cluster, NetworkConverter network, Map<String, Map<String, Object>> manifests) {
    var services = new ArrayList<Object>();
    var files = new ArrayList<OutputFile>();
    manifests.forEach(
        (service, manifest) -> {
          secrets.section(service).ifPresent(section -> manifest.put("secrets", section));
          files.add(new OutputFile(service + "/service.yaml", YamlWriter.write(manifest), false));
          var values = secrets.values(service);
          values.ifPresent(
              v -> files.add(new OutputFile(service + "/secrets.yaml", YamlWriter.write(v), true)));
          services.add(entry(service, manifest, network, cluster, values.isPresent()));
        });
    files.addFirst(new OutputFile("mesh.yaml", YamlWriter.write(mesh(cluster, services)), false));
    if (files.stream().anyMatch(OutputFile::isSecret)) {
      files.add(new OutputFile(".gitignore", "/*/secrets.yaml\n", false));
    }
    return files;
  }

  private static Map<String, Object> entry(
      String service,
      Map<String, Object> manifest,
      NetworkConverter network,
      Cluster cluster,
      boolean hasValues) {
    var entry = new LinkedHashMap<String, Object>();
    entry.put(
        "image", ((Map<?, ?>) java.util.Objects.requireNonNull(manifest.get("build"))).get("to"));
    entry.put("name", service);
    if (hasValues) {
      entry.put("image_secrets", service + "/secrets.yaml");
    }
    if (!cluster.policies().isEmpty()) {
      var declared = network.declared(service);
      // Also an empty list has a meaning: what is not declared is refused.
      entry.put("connects", declared.connects());
      if (!declared.open().isEmpty()) {
        entry.put("public", declared.open());
      }
    }
    return entry;
  }

  private Map<String, Object> mesh(Cluster cluster, List<Object> services) {
    var mesh = new LinkedHashMap<String, Object>();
    mesh.put("apiVersion", VERSION);
    mesh.put("kind", "mesh");
    mesh.put("cas", List.of(Map.of("name", "cas")));
    mesh.put("policy", Map.of("namespace", choices.namespace().orElse(cluster.namespace())));
    mesh.put("services", services);
    return mesh;
  }
}
