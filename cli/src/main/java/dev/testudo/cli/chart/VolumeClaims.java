package dev.testudo.cli.chart;

import dev.testudo.policy.deployment.MeshPlan;
import dev.testudo.policy.deployment.PlannedService;
import dev.testudo.policy.deployment.PlannedVolume;
import dev.testudo.policy.session.Volume.Origin;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// The PersistentVolumeClaims of the encrypted volumes of services. The service that owns a volume
/// creates the claim, and those that import it use the same one.
record VolumeClaims(MeshPlan plan, KubernetesNames names) {

  /// Returns the values of a service's volumes.
  List<Map<String, Object>> of(PlannedService service) {
    return service.volumes().stream().map(volume -> values(service, volume)).toList();
  }

  private Map<String, Object> values(PlannedService service, PlannedVolume volume) {
    var claim =
        volume.imported().isEmpty()
            ? Optional.of(claim(service, volume))
            : ownedBy(volume.imported().get());
    Map<String, Object> values = new LinkedHashMap<>();
    values.put("name", KubernetesNames.plain(volume.mount().volume().name()));
    values.put("path", volume.mount().path());
    values.put("directory", directory(service, volume));
    values.put("claim", claim.orElse(""));
    values.put("create", volume.imported().isEmpty());
    return values;
  }

  /// Returns where the agent expects the encrypted files below `TESTUDO_VOLUMES`.
  private static String directory(PlannedService service, PlannedVolume volume) {
    return volume
        .imported()
        .map(origin -> origin.from().value() + "/" + origin.original())
        .orElseGet(() -> service.session().value() + "/" + volume.mount().volume().name());
  }

  /// Returns the claim of the service of this mesh that exports a volume, if there is one.
  private Optional<String> ownedBy(Origin.Imported imported) {
    return plan.services().stream()
        .filter(owner -> owner.session().equals(imported.from()))
        .flatMap(
            owner ->
                owner.volumes().stream()
                    .filter(volume -> isExportedAs(volume, imported.original()))
                    .map(volume -> claim(owner, volume)))
        .findFirst();
  }

  private static boolean isExportedAs(PlannedVolume volume, String name) {
    return volume.mount().volume().exports().stream()
        .anyMatch(export -> export.name().equals(name));
  }

  private String claim(PlannedService owner, PlannedVolume volume) {
    return names.of(owner) + "-" + KubernetesNames.plain(volume.mount().volume().name());
  }
}
