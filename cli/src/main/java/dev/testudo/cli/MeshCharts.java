package dev.testudo.cli;

import dev.testudo.cli.build.BuildRecord;
import dev.testudo.cli.build.BuiltVersion;
import dev.testudo.cli.chart.ChartDirectory;
import dev.testudo.cli.chart.ChartOrder;
import dev.testudo.cli.chart.ChartOrder.CasIdentity;
import dev.testudo.cli.chart.ChartOrder.PulledImage;
import dev.testudo.cli.chart.MeshChart;
import dev.testudo.cli.exit.CommandFailed;
import dev.testudo.cli.mesh.FoundManifest;
import dev.testudo.cli.mesh.LoadedMesh;
import dev.testudo.cli.up.RunningCas;
import dev.testudo.policy.deployment.BuiltImage;
import dev.testudo.policy.deployment.MeshPlan;
import dev.testudo.policy.deployment.PlannedService;
import dev.testudo.policy.manifest.CasInstance;
import dev.testudo.policy.session.SessionName;
import dev.testudo.policy.source.Parsed;
import dev.testudo.policy.source.Text;
import dev.testudo.trust.approval.EncryptedBundle;
import dev.testudo.trust.channel.CasAddress;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/// The Helm chart of a mesh, which is made before the sessions are registered and written after
/// that.
///
/// @param cas the CAS as the chart names it, if it is known
record MeshCharts(CliContext context, MeshChart chart, Optional<CasIdentity> cas) {

  /// Makes the chart. Reports what is wrong with the values that the Meshfile gives for it.
  ///
  /// @param file the Meshfile
  /// @param known the CAS where the sessions are, if it is known
  /// @throws CommandFailed if a name of the mesh is not possible in a cluster, or a guest of Kata
  ///     Containers cannot run what the mesh asks for
  static Parsed<MeshCharts> of(
      CliContext context,
      LoadedMesh mesh,
      Path file,
      Map<PlannedService, BuiltVersion> versions,
      Optional<RunningCas> known)
      throws CommandFailed {
    var images = new LinkedHashMap<String, PulledImage>();
    var values = new LinkedHashMap<String, Map<String, Object>>();
    versions.forEach(
        (service, version) -> {
          images.put(service.name(), pulled(version));
          values.put(service.name(), values(mesh.image(service.name()).found(), version));
        });
    var plan = mesh.plan();
    var cas = known.map(one -> new CasIdentity(addressInCluster(plan, one), one.key().text()));
    var findings = new Findings(context.streams().err());
    var guests = GuestOrders.of(findings, plan.mesh(), file, versions, known);
    return MeshChart.of(new ChartOrder(plan, images, values, cas, guests))
        .map(chart -> new MeshCharts(context, chart, cas));
  }

  /// Returns images as sessions name them: those that run in guests with the digest of their
  /// initdata.
  Map<String, BuiltImage> launched(Map<String, BuiltImage> images) {
    var launched = new LinkedHashMap<>(images);
    chart
        .initdata()
        .forEach(
            (service, initdata) ->
                launched.computeIfPresent(
                    service, (_, image) -> image.launchedWith(initdata.digest().hex())));
    return launched;
  }

  /// Writes the initdata of each guest to a file, so that its digest can be computed again.
  void writeInitdata(Path directory) throws IOException {
    for (var document : chart.initdata().entrySet()) {
      var file = directory.resolve(document.getKey() + ".toml");
      Files.createDirectories(directory);
      Files.write(file, document.getValue().document().toBytes());
      context
          .streams()
          .out()
          .println(
              "initdata of `%s` in %s, %s %s"
                  .formatted(
                      document.getKey(),
                      file,
                      document.getValue().algorithm().word(),
                      document.getValue().digest().hex()));
    }
  }

  /// Writes the chart, and says what to do with it.
  ///
  /// @param sessions encrypted sessions that the cluster brings to CAS
  /// @param helm renders the chart; empty if its objects are not wanted
  void write(
      Path directory, Map<SessionName, EncryptedBundle> sessions, Optional<HelmTemplate> helm)
      throws IOException, CommandFailed {
    ChartDirectory.write(directory, chart.files(sessions));
    var out = context.streams().out();
    out.println("chart in %1$s; install it with `helm install RELEASE %1$s`".formatted(directory));
    chart
        .renamed()
        .forEach(
            (service, name) ->
                out.println(
                    "  service `%s` has the host name `%s` there".formatted(service, name)));
    advice().ifPresent(out::println);
    if (chart.leavesInitdataOut()) {
      out.println(
          "  pods have a RuntimeClass and no initdata: no machine in `policy` of the Meshfile has `kata`");
    }
    if (helm.isPresent()) {
      var folder = directory.resolveSibling("manifests");
      out.println("objects in " + helm.get().write(directory, chart.name(), folder));
    }
  }

  private Optional<String> advice() {
    if (cas.isEmpty()) {
      return Optional.of(
          "  it names no CAS, because none is known with its key; set `global.cas.address` and `global.cas.key`");
    }
    return cas.filter(CasIdentity::isLoopback)
        .map(CasIdentity::address)
        .map("  pods do not reach CAS at %s; set `global.cas.address`"::formatted);
  }

  /// Returns the values that an image asks for: its user, and what a curated service needs.
  private static Map<String, Object> values(FoundManifest found, BuiltVersion version) {
    Map<String, Object> values = new LinkedHashMap<>();
    found.curated().ifPresent(image -> values.putAll(image.service().chartValues()));
    version.user().map(MeshCharts::ids).ifPresent(ids -> values.put("podSecurityContext", ids));
    return values;
  }

  private static Map<String, Object> ids(String user) {
    var ids = user.split(":", 2);
    var uid = Long.parseLong(ids[0]);
    var gid = Long.parseLong(ids[1]);
    Map<String, Object> context = new LinkedHashMap<>();
    if (uid == 0) {
      context.put("runAsNonRoot", false);
    }
    context.put("runAsUser", uid);
    context.put("runAsGroup", gid);
    context.put("fsGroup", gid);
    return context;
  }

  private static PulledImage pulled(BuiltVersion version) {
    return new PulledImage(BuildRecord.repository(version.image()), version.digest());
  }

  /// Returns the address that the Meshfile gives, unless it is this machine's own.
  private static String addressInCluster(MeshPlan plan, RunningCas known) {
    return plan.mesh()
        .home()
        .flatMap(CasInstance::url)
        .map(Text::value)
        .flatMap(CasAddress::parse)
        .map(address -> new CasIdentity(address.toString(), known.key().text()))
        .filter(cas -> !cas.isLoopback())
        .map(CasIdentity::address)
        .orElse(known.address().toString());
  }
}
