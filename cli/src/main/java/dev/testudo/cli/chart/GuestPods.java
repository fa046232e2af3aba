package dev.testudo.cli.chart;

import dev.testudo.cli.chart.ChartOrder.PulledImage;
import dev.testudo.cli.exit.CommandFailed;
import dev.testudo.cli.kata.AgentPolicy;
import dev.testudo.cli.kata.GuestContainer;
import dev.testudo.cli.kata.GuestContainer.Environment;
import dev.testudo.cli.kata.GuestContainer.GuestUser;
import dev.testudo.image.build.AgentLayer;
import dev.testudo.policy.deployment.PlannedService;
import dev.testudo.policy.session.ServiceId;
import dev.testudo.vm.VmException;
import dev.testudo.vm.initdata.Initdata;
import dev.testudo.vm.initdata.InitdataAnnotation;
import dev.testudo.vm.initdata.LaunchedService;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.regex.Pattern;

/// The initdata of the guests in which the services of a mesh run.
///
/// @param defaults what a pod has if nothing else is said
record GuestPods(GuestOrder order, PodDefaults defaults) {
  /// Where the guest keeps folders in memory, by the names of their volumes.
  private static final String MEMORY = "/run/kata-containers/sandbox/ephemeral/";

  /// What the container runtime and the image add to the variables of the chart.
  private static final List<String> OF_RUNTIME =
      List.of(
          "LC_ALL=C.UTF-8", "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin");

  /// What the host may choose. Nothing that is trusted depends on it.
  private static final List<String> OF_HOST =
      List.of(
          "^HOSTNAME=[A-Za-z0-9.-]+$",
          "^KUBERNETES_[A-Z0-9_]+=[A-Za-z0-9.:/\\[\\]-]*$",
          "^SCONE_CAS_ADDR=[A-Za-z0-9.:\\[\\]-]+$",
          "^TESTUDO_(PROBE_PORT|READY_PORTS|DRAIN_SECONDS|CAS_WAIT_SECONDS)=[0-9,]+$",
          "^TESTUDO_INITDATA=[A-Za-z0-9+/=]+$");

  /// Values of a chart for what the agent policy does not permit.
  private static final List<String> REFUSED =
      List.of("volumes", "volumeMounts", "volumeClaimTemplates", "initContainers");

  private static final String CONTEXT = "podSecurityContext";
  private static final Pattern VARIABLE = Pattern.compile("[A-Za-z_][A-Za-z0-9_]*");
  private static final Pattern RESERVED =
      Pattern.compile("(TESTUDO|SCONE|LD|JAVA|JDK|GLIBC|MALLOC)_.*|PATH|LC_ALL|LANG|_JAVA_.*");

  /// Returns the initdata of a service. The same service gives the same bytes.
  ///
  /// @param values what its chart is installed with
  /// @throws CommandFailed if the chart asks for something that the agent policy does not permit
  Initdata initdata(PlannedService service, PulledImage image, Map<String, Object> values)
      throws CommandFailed {
    requirePossible(service, values);
    Map<String, String> data = new TreeMap<>();
    for (var file : order.guest().configuration().entrySet()) {
      data.put(file.getKey(), text(file.getValue().value()));
    }
    data.put(LaunchedService.NAME, launched(service).write());
    var given = Optional.ofNullable(order.guest().policies().get(service.name()));
    data.put(
        AgentPolicy.NAME,
        given.isPresent()
            ? text(given.get().value())
            : AgentPolicy.of(container(service, image, values)).text());
    try {
      var initdata = Initdata.of(order.algorithm(), data);
      InitdataAnnotation.requireFits(initdata);
      return initdata;
    } catch (VmException e) {
      throw CommandFailed.input(
          "service `%s`: its initdata cannot be written: %s"
              .formatted(service.name(), e.getMessage()));
    }
  }

  private String text(String path) {
    var text = order.files().get(path);
    if (text == null) {
      throw new IllegalArgumentException("no file " + path);
    }
    return text;
  }

  private LaunchedService launched(PlannedService service) {
    var measurement = order.measurements().get(service.name());
    if (measurement == null) {
      throw new IllegalArgumentException("no measurement of " + service.name());
    }
    return new LaunchedService(
        order.cas(), ServiceId.parse(service.configId()).orElseThrow(), measurement);
  }

  private static void requirePossible(PlannedService service, Map<String, Object> values)
      throws CommandFailed {
    if (!service.volumes().isEmpty()) {
      throw impossible(service, "encrypted volumes");
    }
    for (var value : REFUSED) {
      if (values.get(value) instanceof List<?> list && !list.isEmpty()) {
        throw impossible(service, "`%s`".formatted(value));
      }
    }
  }

  private static CommandFailed impossible(PlannedService service, String what) {
    return CommandFailed.input(
        "service `%s` has %s, which a guest of Kata Containers refuses: its agent policy lets the host bring nothing; leave it out, or run the service elsewhere"
            .formatted(service.name(), what));
  }

  private GuestContainer container(
      PlannedService service, PulledImage image, Map<String, Object> values) throws CommandFailed {
    var arguments = new ArrayList<>(AgentLayer.START_OF_CONTAINER);
    arguments.addAll(texts(values, "args"));
    return new GuestContainer(
        image.repository() + "@" + image.digest(),
        arguments,
        new GuestUser(0, 0, groups(values)),
        environment(service, values),
        folders(values));
  }

  /// The agent is root of the guest, because only root may use the kernel's interface for evidence.
  private List<Long> groups(Map<String, Object> values) {
    Map<String, Object> context = new LinkedHashMap<>();
    for (var said : List.of(defaults.mapping(CONTEXT).plain(), values.getOrDefault(CONTEXT, ""))) {
      if (said instanceof Map<?, ?> map) {
        map.forEach((key, value) -> context.put(String.valueOf(key), value));
      }
    }
    var groups = new ArrayList<>(List.of(0L));
    for (var key : List.of("runAsGroup", "fsGroup", "supplementalGroups")) {
      var ids =
          context.get(key) instanceof List<?> list ? list : List.of(context.getOrDefault(key, ""));
      for (var id : ids) {
        if (id instanceof Number number) {
          groups.add(number.longValue());
        }
      }
    }
    return groups;
  }

  private Environment environment(PlannedService service, Map<String, Object> values)
      throws CommandFailed {
    var exact = new ArrayList<>(OF_RUNTIME);
    exact.add("SCONE_CONFIG_ID=" + service.configId());
    exact.add("TESTUDO_CAS_KEY=" + order.cas().text());
    exact.add("TESTUDO_EVIDENCE_SOURCE=configfs-tsm");
    exact.add("TESTUDO_HOST_DATA=initdata");
    return new Environment(exact, patterns(service, values));
  }

  private static List<String> patterns(PlannedService service, Map<String, Object> values)
      throws CommandFailed {
    var patterns = new ArrayList<>(OF_HOST);
    for (var entry : values.get("env") instanceof List<?> list ? list : List.of()) {
      var name = entry instanceof Map<?, ?> map ? String.valueOf(map.get("name")) : "";
      if (!VARIABLE.matcher(name).matches() || RESERVED.matcher(name).matches()) {
        throw CommandFailed.input(
            "service `%s`: `env` of its chart may not set `%s` in a guest of Kata Containers: it would change the agent"
                .formatted(service.name(), name));
      }
      patterns.add("^%s=[\\s\\S]*$".formatted(name));
    }
    return patterns;
  }

  private static Map<String, String> folders(Map<String, Object> values) {
    Map<String, String> folders = new LinkedHashMap<>();
    folders.put("/tmp", MEMORY + "tmp");
    var writable = texts(values, "writableFolders");
    for (var i = 0; i < writable.size(); i++) {
      folders.put(writable.get(i), MEMORY + "folder-" + i);
    }
    return folders;
  }

  private static List<String> texts(Map<String, Object> values, String key) {
    return values.get(key) instanceof List<?> list
        ? list.stream().map(String::valueOf).toList()
        : List.of();
  }
}
