package dev.testudo.cli.convert;

import dev.testudo.cli.chart.KubernetesNames;
import dev.testudo.cli.chart.PodDefaults;
import dev.testudo.cli.convert.Mount.Kind;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/// Makes the pods of an object confidential.
record InPlacePod(InPlaceMesh mesh, NetworkConverter network, Report report) {
  static final String TMP = "/tmp";
  static final String TMP_VOLUME = "testudo-tmp";

  /// Read permission for the owner: a kubelet gives it to `fsGroup`, too.
  private static final int OWNER_READS = 0400;

  private static final int USUAL_GRACE_SECONDS = 30;

  /// Changes the `spec` of pods.
  ///
  /// @param services one for each container, in the same order
  void convert(Draft pod, Workload workload, List<ConvertedService> services) {
    var drain = drainSeconds(pod);
    var probePorts = probePorts(workload);
    var containers = pod.list("containers");
    for (var i = 0; i < services.size(); i++) {
      new InPlaceContainer(mesh, network, report, drain)
          .convert(containers.get(i), services.get(i), probePorts.get(i));
    }
    if (pod.remove("initContainers")) {
      report.changed(workload.object().described() + ": its init containers are gone");
    }
    pod.remove("nodeName");
    pod.put("automountServiceAccountToken", false).put("enableServiceLinks", false);
    security(pod, containers, services);
    volumes(pod, workload, services);
  }

  /// Returns the ports where the agents of a pod answer, one for each container.
  static List<Integer> probePorts(Workload workload) {
    var used = new HashSet<Integer>();
    workload.containers().forEach(c -> c.ports().forEach(port -> used.add(port.number())));
    return workload.containers().stream()
        .map(
            _ -> {
              var port = PodDefaults.freeProbePort(used);
              used.add(port);
              return port;
            })
        .toList();
  }

  static String tokenVolume(ConvertedService service) {
    var containers = service.workload().containers();
    return "testudo-token-" + containers.indexOf(service.container());
  }

  /// The program gets the same part of the grace period as in a chart, at most half of it.
  private int drainSeconds(Draft pod) {
    var grace =
        pod.text("terminationGracePeriodSeconds")
            .filter(text -> text.matches("[0-9]{1,6}"))
            .map(Integer::parseInt)
            .orElse(USUAL_GRACE_SECONDS);
    return Math.min(mesh.defaults().number("drainSeconds"), grace / 2);
  }

  private void security(Draft pod, List<Draft> containers, List<ConvertedService> services) {
    var context = pod.in("securityContext");
    var users = services.stream().map(ConvertedService::user).distinct().toList();
    if (users.size() == 1) {
      new PodUser(users.getFirst()).over(context);
    } else {
      for (var i = 0; i < services.size(); i++) {
        var own = containers.get(i).in("securityContext");
        new PodUser(services.get(i).user()).over(own);
        own.remove("fsGroup"); // it is for all containers of a pod
      }
    }
    var isNamed = users.stream().map(PodUser::new).anyMatch(PodUser::isNamed);
    var usual = Draft.of(mesh.defaults().mapping("podSecurityContext"));
    if (isNamed) {
      // Only the image knows which number it is.
      PodUser.KEYS.forEach(usual::remove);
    }
    var isRoot = users.stream().flatMap(Optional::stream).anyMatch(u -> u.matches("0(:.*)?|root"));
    if (isRoot) {
      usual.remove("runAsNonRoot");
      report.advise(services.getFirst().workload().object().described() + ": it runs as root");
    }
    context.over(usual);
  }

  private void volumes(Draft pod, Workload workload, List<ConvertedService> services) {
    var gone =
        workload.volumes().entrySet().stream()
            .filter(
                volume -> {
                  var kind = MountReader.kind(Optional.of(volume.getValue()));
                  return kind == Kind.POLICY || kind == Kind.CLUSTER;
                })
            .map(java.util.Map.Entry::getKey)
            .collect(Collectors.toSet());
    pod.keep("volumes", volume -> volume.text("name").filter(gone::contains).isEmpty());
    if (services.stream().anyMatch(InPlacePod::needsTmp)) {
      pod.add(
          "volumes",
          new Draft()
              .put("name", TMP_VOLUME)
              .put("emptyDir", Draft.of(mesh.defaults().mapping("tmp"))));
    }
    if (mesh.hasJoinTokens()) {
      services.forEach(service -> pod.add("volumes", token(service)));
    }
  }

  private static boolean needsTmp(ConvertedService service) {
    return service.kept().stream().noneMatch(mount -> mount.folder().equals(TMP));
  }

  private Draft token(ConvertedService service) {
    var item =
        new Draft()
            .put("key", KubernetesNames.ofJoinToken(service.name()))
            .put("path", PodDefaults.TOKEN_FILE);
    var secret =
        new Draft()
            .put("secretName", mesh.joinTokens())
            .put("defaultMode", OWNER_READS)
            .put("items", List.of(item));
    return new Draft().put("name", tokenVolume(service)).put("secret", secret);
  }

  /// Removes labels and annotations that must not stay.
  static void clean(Draft metadata) {
    metadata.at("annotations").ifPresent(a -> a.removeIf(PodMetadata::isDropped));
    metadata.at("labels").ifPresent(labels -> labels.removeIf(PodMetadata::isOfController));
    for (var key : Set.of("annotations", "labels")) {
      if (metadata.at(key).filter(Draft::isEmpty).isPresent()) {
        metadata.remove(key);
      }
    }
  }
}
