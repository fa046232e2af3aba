package dev.testudo.cli.chart;

import dev.testudo.cli.chart.ChartOrder.PulledImage;
import dev.testudo.cli.exit.CommandFailed;
import dev.testudo.policy.deployment.MeshNetwork;
import dev.testudo.policy.deployment.PlannedService;
import dev.testudo.policy.session.SessionName;
import dev.testudo.policy.source.Parsed;
import dev.testudo.policy.source.Problems;
import dev.testudo.policy.yaml.YamlWriter;
import dev.testudo.trust.approval.EncryptedBundle;
import dev.testudo.vm.VmException;
import dev.testudo.vm.initdata.Initdata;
import dev.testudo.vm.initdata.InitdataAnnotation;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.regex.Pattern;

/// The Helm chart of a mesh: one chart with a chart for each service. The templates are the same
/// for all services, and only the values differ. The same mesh gives the same files.
public final class MeshChart {
  /// The version of charts (`version` in `Chart.yaml`).
  private static final String VERSION = "0.1.0";

  private static final List<String> OF_MESH =
      List.of("templates/NOTES.txt", "templates/policies.yaml", "values.schema.json");
  private static final List<String> OF_SERVICE =
      List.of(
          "templates/_helpers.tpl",
          "templates/networkpolicy.yaml",
          "templates/persistentvolumeclaims.yaml",
          "templates/poddisruptionbudget.yaml",
          "templates/service.yaml",
          "templates/serviceaccount.yaml",
          "templates/workload.yaml",
          "values.schema.json");

  /// The encrypted sessions in the values of a mesh, as they are written.
  private static final Pattern SESSIONS =
      Pattern.compile("(?m)^encryptedPolicies:.*\\R(?:[ -].*\\R)*+");

  private final ChartOrder order;
  private final KubernetesNames names;
  private final String mesh;
  private final Map<String, Object> extra;
  private final ServiceValues values;
  private final Map<String, Initdata> initdata = new TreeMap<>();

  private MeshChart(ChartOrder order, KubernetesNames names, String mesh, Map<String, Object> extra)
      throws CommandFailed {
    this.order = order;
    this.names = names;
    this.mesh = mesh;
    this.extra = extra;
    this.values =
        new ServiceValues(
            mesh, names, MeshNetwork.of(order.plan(), hosts()), order.plan().hosts(), joinTokens());
    if (order.guests().isPresent()) {
      var pods = new GuestPods(order.guests().get(), PodDefaults.read());
      for (var service : order.plan().services()) {
        initdata.put(
            service.name(), pods.initdata(service, image(service), valuesOfService(service)));
      }
    }
  }

  /// Makes the chart of a mesh. Reports what is wrong with its `helm_extra_values`.
  ///
  /// @throws CommandFailed if a name is not possible in a cluster
  public static Parsed<MeshChart> of(ChartOrder order) throws CommandFailed {
    var names = KubernetesNames.of(order.plan());
    var mesh = meshName(order);
    var problems = new Problems();
    var extra = ExtraValues.read(order.plan().mesh().helmExtraValues(), names, problems);
    var chart = new MeshChart(order, names, mesh, extra);
    return problems.result(() -> chart);
  }

  /// Returns the initdata of the guest of each service, by its name in the mesh; nothing if the
  /// mesh has no guests of Kata Containers.
  public Map<String, Initdata> initdata() {
    return Collections.unmodifiableMap(initdata);
  }

  /// Returns the services that are found under another name in a cluster than in the mesh.
  public Map<String, String> renamed() {
    Map<String, String> renamed = new TreeMap<>(names.names());
    renamed.keySet().removeIf(service -> !names.isRenamed(service));
    return renamed;
  }

  /// Returns the name of the chart.
  public String name() {
    return mesh;
  }

  /// Returns whether pods have a RuntimeClass by the values of the Meshfile, and no initdata.
  public boolean leavesInitdataOut() {
    return initdata.isEmpty()
        && extra.values().stream()
            .anyMatch(
                values ->
                    values instanceof Map<?, ?> map
                        && map.get("runtimeClassName") instanceof String name
                        && !name.isEmpty());
  }

  private static String meshName(ChartOrder order) throws CommandFailed {
    var namespace = order.plan().namespace().value();
    return KubernetesNames.ofMesh(namespace)
        .orElseThrow(
            () ->
                CommandFailed.input(
                    "the namespace `%s` gives no name for a chart; its last part must have 1 to 40 letters, digits and hyphens"
                        .formatted(namespace)));
  }

  /// Returns the host names of Service objects, which connections may name instead of the services.
  private Map<String, String> hosts() {
    Map<String, String> hosts = new LinkedHashMap<>();
    names.names().forEach((service, name) -> hosts.put(name, service));
    return hosts;
  }

  private Optional<String> joinTokens() {
    return order.plan().needsJoinTokens()
        ? Optional.of(KubernetesNames.ofJoinTokens(mesh))
        : Optional.empty();
  }

  /// Returns the files of the chart, by their paths in its directory.
  ///
  /// @param sessions encrypted sessions that the operator in the cluster brings to CAS, in order
  public SortedMap<String, String> files(Map<SessionName, EncryptedBundle> sessions) {
    SortedMap<String, String> files = new TreeMap<>();
    OF_MESH.forEach(file -> files.put(file, ChartResources.text("mesh/" + file)));
    files.put("Chart.yaml", YamlWriter.write(chart()));
    files.put(
        "values.yaml", "# Made by `testudo apply`.\n" + YamlWriter.write(valuesOfMesh(sessions)));
    order.plan().services().forEach(service -> addService(service, files));
    return files;
  }

  /// Returns the text of `values.yaml` without the encrypted sessions. Nobody but CAS can read
  /// them, and they are different each time that they are encrypted.
  public static String withoutSessions(String values) {
    return SESSIONS.matcher(values).replaceFirst("");
  }

  private Map<String, Object> chart() {
    var chart = head(mesh, "The confidential services of " + order.plan().namespace());
    List<Object> parts = new ArrayList<>();
    for (var service : order.plan().services()) {
      Map<String, Object> part = new LinkedHashMap<>();
      part.put("name", names.of(service));
      part.put("version", VERSION);
      part.put("condition", names.of(service) + ".enabled");
      parts.add(part);
    }
    chart.put("dependencies", parts);
    return chart;
  }

  private static Map<String, Object> head(String name, String description) {
    Map<String, Object> chart = new LinkedHashMap<>();
    chart.put("apiVersion", "v2");
    chart.put("name", name);
    chart.put("description", description);
    chart.put("type", "application");
    chart.put("version", VERSION);
    return chart;
  }

  private Map<String, Object> valuesOfMesh(Map<SessionName, EncryptedBundle> sessions) {
    Map<String, Object> all = new LinkedHashMap<>();
    all.put("global", global());
    all.put("encryptedPolicies", sessions.entrySet().stream().map(MeshChart::policy).toList());
    for (var service : order.plan().services()) {
      all.put(names.of(service), valuesWithoutExtra(service));
    }
    return ChartValues.merged(all, extra);
  }

  private Map<String, Object> valuesWithoutExtra(PlannedService service) {
    Map<String, Object> own = new LinkedHashMap<>();
    own.put("enabled", true);
    replicas(service).ifPresent(number -> own.put("replicas", number));
    values.probePort(service).ifPresent(port -> own.put("probe", Map.of("port", port)));
    order.guests().ifPresent(guests -> own.put("resources", resources(guests)));
    var asked = order.values().getOrDefault(service.name(), Map.of());
    return ChartValues.merged(own, asked);
  }

  private Map<String, Object> valuesOfService(PlannedService service) {
    var own = valuesWithoutExtra(service);
    return extra.get(names.of(service)) instanceof Map<?, ?> more
        ? ChartValues.merged(own, more)
        : own;
  }

  /// The size of a guest follows from the limits of its pod, and the processors are measured.
  private static Map<String, Object> resources(GuestOrder guests) {
    Map<String, Object> size = new LinkedHashMap<>();
    size.put("cpu", String.valueOf(guests.guest().vcpus()));
    size.put("memory", guests.guest().memory() + "Mi");
    return Map.of("limits", size, "requests", size);
  }

  private static Map<String, Object> policy(Map.Entry<SessionName, EncryptedBundle> session) {
    Map<String, Object> policy = new LinkedHashMap<>();
    policy.put("name", KubernetesNames.plain(session.getKey().value().replace('/', '-')));
    policy.put("policy", session.getValue().encrypted());
    policy.put("encryptionKey", session.getValue().key().toString());
    return policy;
  }

  private Map<String, Object> global() {
    Map<String, Object> cas = new LinkedHashMap<>();
    cas.put("address", order.cas().map(ChartOrder.CasIdentity::address).orElse(""));
    cas.put("key", order.cas().map(ChartOrder.CasIdentity::key).orElse(""));
    Map<String, Object> global = new LinkedHashMap<>();
    global.put("mesh", mesh);
    global.put("cas", cas);
    global.put("joinTokens", joinTokens().orElse(""));
    global.put("imagePullSecrets", pullSecrets());
    global.put(
        "runtimeClassName",
        order.guests().map(guests -> guests.guest().runtimeClass().value()).orElse(""));
    return global;
  }

  /// Returns the number that the Meshfile's `env` gives, as for SCONE's charts. The chart's schema
  /// refuses what is no number.
  private static Optional<Object> replicas(PlannedService service) {
    return Optional.ofNullable(service.values().get("replicas"))
        .or(() -> Optional.ofNullable(service.values().get("replicaCount")))
        .map(text -> text.matches("[0-9]{1,9}") ? (Object) Integer.parseInt(text) : text);
  }

  /// Returns the Secrets that the Meshfile's `env` names for all images, as SCONE's charts have it.
  private List<String> pullSecrets() {
    return order.plan().services().stream()
        .flatMap(service -> Optional.ofNullable(service.values().get("imagePullSecrets")).stream())
        .filter(name -> !name.isEmpty())
        .distinct()
        .toList();
  }

  private PulledImage image(PlannedService service) {
    var image = order.images().get(service.name());
    if (image == null) {
      throw new IllegalArgumentException("no image of service " + service.name());
    }
    return image;
  }

  private static String annotation(Initdata document) {
    try {
      return InitdataAnnotation.encode(document);
    } catch (VmException e) {
      throw new IllegalStateException(e); // it was encoded before
    }
  }

  private void addService(PlannedService service, Map<String, String> files) {
    var folder = "charts/" + names.of(service) + "/";
    OF_SERVICE.forEach(file -> files.put(folder + file, ChartResources.text("service/" + file)));
    var own = values.of(service, image(service));
    Optional.ofNullable(initdata.get(service.name()))
        .ifPresent(document -> own.put("initdata", annotation(document)));
    var volumes = new VolumeClaims(order.plan(), names).of(service);
    if (!volumes.isEmpty()) {
      own.put("encryptedVolumes", volumes);
    }
    var chart = head(names.of(service), "The confidential service " + service.session());
    files.put(folder + "Chart.yaml", YamlWriter.write(chart));
    files.put(
        folder + "values.yaml",
        "# What follows from the mesh.\n"
            + YamlWriter.write(own)
            + ChartResources.text("service/values.yaml"));
  }
}
