package dev.testudo.cli.convert;

import dev.testudo.cli.chart.PodDefaults;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;

/// Makes a container start the confidential image: it loses what the policy has now, and gets what
/// the agent needs.
///
/// @param drainSeconds how long the program goes on after SIGTERM
record InPlaceContainer(
    InPlaceMesh mesh, NetworkConverter network, Report report, int drainSeconds) {
  private static final List<String> IN_POLICY =
      List.of("command", "args", "env", "envFrom", "workingDir", "volumeMounts");

  /// Changes a container.
  ///
  /// @param probePort the port where its agent answers
  void convert(Draft container, ConvertedService service, int probePort) {
    var ready = readyPorts(container, service);
    IN_POLICY.forEach(container::remove);
    container.put("image", service.image());
    container.put("env", environment(service, probePort, ready));
    container.put("volumeMounts", mounts(service));
    probes(container, service, probePort);
    if (container.remove("lifecycle")) {
      report.changed(
          "%s: lifecycle is gone: the agent waits %d s after SIGTERM instead"
              .formatted(service.name(), drainSeconds));
    }
    security(container, service);
    if (container.has("resources")) {
      new Resources(report).check(service.name(), container.in("resources"));
    } else {
      container.put("resources", Draft.of(mesh.defaults().mapping("resources")));
    }
    container.putIfAbsent("terminationMessagePolicy", "FallbackToLogsOnError");
  }

  private List<Object> environment(ConvertedService service, int probePort, Set<Integer> ready) {
    var variables = new ArrayList<Object>(mesh.casVariables());
    variables.add(variable("SCONE_CONFIG_ID", mesh.configId(service)));
    if (mesh.hasJoinTokens()) {
      variables.add(
          variable("TESTUDO_TOKEN_FILE", PodDefaults.TOKEN_FOLDER + "/" + PodDefaults.TOKEN_FILE));
    }
    variables.add(variable("TESTUDO_PROBE_PORT", Integer.toString(probePort)));
    if (!ready.isEmpty()) {
      var ports = ready.stream().map(String::valueOf).collect(Collectors.joining(","));
      variables.add(variable("TESTUDO_READY_PORTS", ports));
    }
    variables.add(variable("TESTUDO_DRAIN_SECONDS", Integer.toString(drainSeconds)));
    var patience = mesh.defaults().number("casWaitSeconds");
    variables.add(variable("TESTUDO_CAS_WAIT_SECONDS", Integer.toString(patience)));
    variables.addAll(HostVariables.of(service.container().spec(), Tree.silent()));
    return variables;
  }

  private static Draft variable(String name, String value) {
    return new Draft().put("name", name).put("value", value);
  }

  private List<Object> mounts(ConvertedService service) {
    var mounts = new ArrayList<Object>();
    if (service.kept().stream().noneMatch(mount -> mount.folder().equals(InPlacePod.TMP))) {
      mounts.add(new Draft().put("name", InPlacePod.TMP_VOLUME).put("mountPath", InPlacePod.TMP));
    }
    if (mesh.hasJoinTokens()) {
      mounts.add(
          new Draft()
              .put("name", InPlacePod.tokenVolume(service))
              .put("mountPath", PodDefaults.TOKEN_FOLDER)
              .put("readOnly", true));
    }
    service.kept().forEach(mount -> mounts.add(Draft.of(mount.spec())));
    return mounts;
  }

  /// Returns the ports at which a ready program listens: those of its connections, and the one that
  /// its readiness probe asks.
  private Set<Integer> readyPorts(Draft container, ConvertedService service) {
    var ports = new TreeSet<>(network.ports(service.name()));
    container.at("readinessProbe").ifPresent(p -> port(p, service).ifPresent(ports::add));
    return ports;
  }

  /// Returns the port that a probe asks; empty for a command.
  private static OptionalInt port(Draft probe, ConvertedService service) {
    for (var how : List.of("httpGet", "tcpSocket", "grpc")) {
      var port = probe.at(how).flatMap(p -> p.text("port"));
      if (port.isPresent()) {
        return service.workload().port(port.get());
      }
    }
    return OptionalInt.empty();
  }

  private void probes(Draft container, ConvertedService service, int probePort) {
    var own = container.at("readinessProbe").orElseGet(Draft::new);
    if (!own.isEmpty()) {
      report.changed(
          "%s: its agent answers the readinessProbe: it is attested, and the program listens"
              .formatted(service.name()));
    }
    own.removeIf(key -> !key.endsWith("Seconds") && !key.endsWith("Threshold"));
    own.removeIf("initialDelaySeconds"::equals);
    container.put("readinessProbe", agentProbe(own, probePort));
    var lives = isAnswered(container, "livenessProbe", service);
    var starts = isAnswered(container, "startupProbe", service);
    if (lives && !starts) {
      // The program is not asked before it is attested.
      var patience = new Draft().put("failureThreshold", 60);
      container.put("startupProbe", agentProbe(patience, probePort));
    }
  }

  private Draft agentProbe(Draft own, int probePort) {
    var usual = Draft.of(mesh.defaults().mapping("probe"));
    usual.remove("port");
    return own.put("httpGet", new Draft().put("path", "/ready").put("port", probePort)).over(usual);
  }

  /// Removes a probe that nobody can answer any more. Returns true if it stays.
  private boolean isAnswered(Draft container, String name, ConvertedService service) {
    var probe = container.at(name);
    if (probe.isEmpty()) {
      return false;
    }
    var port = port(probe.get(), service);
    if (port.isPresent() && network.isForEverybody(service.name(), port.getAsInt())) {
      return true;
    }
    report.changed(
        "%s: %s is gone: %s"
            .formatted(
                service.name(),
                name,
                port.isPresent()
                    ? "the kubelet may not connect to port " + port.getAsInt()
                    : "a command in the container is not attested"));
    container.remove(name);
    return false;
  }

  private void security(Draft container, ConvertedService service) {
    var context = container.in("securityContext");
    if (context.text("privileged").filter("true"::equals).isPresent()) {
      report.advise(service.name() + ": it is privileged; is that needed?");
    } else {
      context.over(Draft.of(mesh.defaults().mapping("securityContext")));
    }
  }
}
