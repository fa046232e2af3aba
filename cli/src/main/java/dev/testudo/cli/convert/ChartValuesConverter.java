package dev.testudo.cli.convert;

import dev.testudo.cli.chart.KubernetesNames;
import dev.testudo.policy.source.Text;
import dev.testudo.policy.yaml.YamlNode.Mapping;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// Makes `helm_extra_values` of a Meshfile, with which the chart of the mesh runs what the objects
/// ran. What the chart has no values for is reported.
record ChartValuesConverter(Tree tree, Report report, List<ServiceObject> services) {
  private static final List<String> OF_POD =
      List.of(
          "terminationGracePeriodSeconds",
          "nodeSelector",
          "tolerations",
          "affinity",
          "priorityClassName",
          "runtimeClassName");

  /// Keys of pods and containers with a meaning that the chart cannot give them.
  private static final List<String> NOT_OF_POD =
      List.of(
          "activeDeadlineSeconds",
          "dnsConfig",
          "hostAliases",
          "hostIPC",
          "hostNetwork",
          "hostPID",
          "shareProcessNamespace",
          "topologySpreadConstraints");

  private static final List<String> NOT_OF_CONTAINER =
      List.of("lifecycle", "livenessProbe", "startupProbe");

  /// The same of workloads.
  private static final List<String> NOT_OF_WORKLOAD =
      List.of(
          "activeDeadlineSeconds",
          "completionMode",
          "completions",
          "minReadySeconds",
          "parallelism",
          "podManagementPolicy",
          "ttlSecondsAfterFinished",
          "updateStrategy");

  private static final List<String> OF_CRON_JOB =
      List.of(
          "schedule",
          "timeZone",
          "concurrencyPolicy",
          "suspend",
          "startingDeadlineSeconds",
          "successfulJobsHistoryLimit",
          "failedJobsHistoryLimit");

  ChartValuesConverter {
    services = List.copyOf(services);
  }

  /// Returns the values of all services by the names of their charts, and `global`.
  Map<String, Object> of(List<ConvertedService> converted) {
    var all = new LinkedHashMap<String, Object>();
    var secrets = new LinkedHashSet<Object>();
    for (var service : converted) {
      for (var secret : tree.mappings(service.workload().pod(), "imagePullSecrets")) {
        tree.text(secret, "name").ifPresent(name -> secrets.add(name.value()));
      }
    }
    if (!secrets.isEmpty()) {
      all.put("global", Map.of("imagePullSecrets", List.copyOf(secrets)));
    }
    for (var service : converted) {
      var values = values(service);
      if (!values.isEmpty()) {
        all.put(KubernetesNames.plain(service.name()), values);
      }
    }
    return all;
  }

  private Map<String, Object> values(ConvertedService service) {
    var values = new LinkedHashMap<String, Object>();
    workload(service, values);
    pod(service, values);
    container(service, values);
    new ChartVolumes(tree).add(service, values);
    serviceObject(service).ifPresent(object -> values.put("service", object));
    var workload = service.workload();
    reportRest(service, workload.pod(), NOT_OF_POD);
    reportRest(service, service.container().spec(), NOT_OF_CONTAINER);
    jobOrSpec(workload).ifPresent(spec -> reportRest(service, spec, NOT_OF_WORKLOAD));
    return values;
  }

  private Optional<Mapping> jobOrSpec(Workload workload) {
    return switch (workload.object().kind().value()) {
      case "Pod" -> Optional.empty();
      case "CronJob" -> tree.mapping(workload.object().root(), "spec", "jobTemplate", "spec");
      default -> tree.mapping(workload.object().root(), "spec");
    };
  }

  private void reportRest(ConvertedService service, Mapping spec, List<String> keys) {
    for (var key : keys) {
      if (tree.has(spec, key)) {
        report.left(
            "%s: %s: the chart of the mesh has no value for it".formatted(service.name(), key));
      }
    }
  }

  private void workload(ConvertedService service, Map<String, Object> values) {
    var object = service.workload().object();
    var spec = tree.mapping(object.root(), "spec").orElse(object.root());
    switch (object.kind().value()) {
      case "Deployment" -> {
        copy(spec, "replicas", values);
        copy(spec, "strategy", values);
      }
      case "StatefulSet" -> {
        values.put("kind", "StatefulSet");
        copy(spec, "replicas", values);
      }
      case "DaemonSet" -> values.put("kind", "DaemonSet");
      case "Job" -> {
        values.put("kind", "Job");
        job(service, spec, values);
      }
      case "CronJob" -> {
        values.put("kind", "CronJob");
        var schedule = new LinkedHashMap<String, Object>();
        OF_CRON_JOB.forEach(key -> copy(spec, key, schedule));
        values.put("cronJob", schedule);
        tree.mapping(spec, "jobTemplate", "spec").ifPresent(job -> job(service, job, values));
      }
      default -> report.left(object.described() + ": the chart makes a Deployment of it");
    }
  }

  private void job(ConvertedService service, Mapping spec, Map<String, Object> values) {
    var job = new LinkedHashMap<String, Object>();
    copy(service.workload().pod(), "restartPolicy", job);
    copy(spec, "backoffLimit", job);
    if (!job.isEmpty()) {
      values.put("job", job);
    }
  }

  private void pod(ConvertedService service, Map<String, Object> values) {
    var workload = service.workload();
    OF_POD.forEach(key -> copy(workload.pod(), key, values));
    var labels = new LinkedHashMap<String, Object>(workload.labels());
    labels.keySet().removeIf(PodMetadata::isLabelOfChart);
    if (!labels.isEmpty()) {
      values.put("podLabels", labels);
    }
    var annotations = new LinkedHashMap<String, Object>();
    podMetadata(workload)
        .ifPresent(
            m -> tree.strings(m, "annotations").forEach((k, v) -> annotations.put(k, v.value())));
    annotations.keySet().removeIf(PodMetadata::isDropped);
    if (!annotations.isEmpty()) {
      values.put("podAnnotations", annotations);
    }
    var context = new PodUser(service.user()).over(copy(workload.pod(), "securityContext"));
    if (!context.isEmpty()) {
      values.put("podSecurityContext", context.written());
    }
  }

  private Optional<Mapping> podMetadata(Workload workload) {
    var path = new ArrayList<>(WorkloadReader.template(workload.object().kind().value()));
    path.add("metadata");
    return tree.mapping(workload.object().root(), path.toArray(String[]::new));
  }

  private void container(ConvertedService service, Map<String, Object> values) {
    var spec = service.container().spec();
    var context = copy(spec, "securityContext");
    PodUser.KEYS.forEach(context::remove);
    if (!context.isEmpty()) {
      values.put("securityContext", context.written());
    }
    var resources = new Resources(report).forChart(service.name(), copy(spec, "resources"));
    if (!resources.isEmpty()) {
      values.put("resources", resources.written());
    }
    var probe = new LinkedHashMap<String, Object>();
    tree.mapping(spec, "readinessProbe")
        .ifPresent(
            ready ->
                List.of("periodSeconds", "timeoutSeconds", "failureThreshold")
                    .forEach(key -> copy(ready, key, probe)));
    if (!probe.isEmpty()) {
      values.put("probe", probe);
    }
    var told = HostVariables.of(spec, tree);
    if (!told.isEmpty()) {
      values.put("env", told.stream().map(Draft::written).toList());
    }
  }

  private Optional<Object> serviceObject(ConvertedService service) {
    var values = new LinkedHashMap<String, Object>();
    for (var object : services) {
      if (object.leadsTo(service.workload()) && leadsTo(object, service)) {
        var spec = tree.mapping(object.object().root(), "spec").orElse(object.object().root());
        var type = tree.text(spec, "type").map(Text::value).orElse("ClusterIP");
        if (List.of("NodePort", "LoadBalancer").contains(type)) {
          values.put("type", type);
        }
        if (tree.text(spec, "clusterIP").filter(ip -> ip.value().equals("None")).isPresent()) {
          values.put("headless", true);
        }
        var annotations = new LinkedHashMap<String, Object>();
        tree.strings(object.object().metadata(), "annotations")
            .forEach((key, text) -> annotations.put(key, text.value()));
        annotations.keySet().removeIf(PodMetadata::isDropped);
        if (!annotations.isEmpty()) {
          values.put("annotations", annotations);
        }
      }
    }
    return values.isEmpty() ? Optional.empty() : Optional.of(values);
  }

  private static boolean leadsTo(ServiceObject object, ConvertedService service) {
    var workload = service.workload();
    return workload.containers().size() == 1
        || object.ports().stream()
            .map(port -> workload.port(port.target()))
            .anyMatch(
                port ->
                    port.isPresent()
                        && workload
                            .at(port.getAsInt())
                            .filter(service.container()::equals)
                            .isPresent());
  }

  private void copy(Mapping from, String key, Map<String, Object> to) {
    tree.node(from, key).ifPresent(value -> to.put(key, value.plain()));
  }

  private Draft copy(Mapping from, String key) {
    return tree.mapping(from, key).map(Draft::of).orElseGet(Draft::new);
  }
}
