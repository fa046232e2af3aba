package dev.testudo.policy.deployment;

import dev.testudo.policy.session.Volume;
import dev.testudo.policy.source.Diagnostic;
import dev.testudo.policy.source.DiagnosticId;
import dev.testudo.policy.source.Problems;
import java.util.List;

/// Checks that a service of a mesh exports what another one imports from it. Otherwise CAS would
/// deliver nothing to the other one.
final class ImportedVolumes {
  private ImportedVolumes() {}

  static void check(List<PlannedService> services, Problems problems) {
    for (var importer : services) {
      for (var volume : importer.volumes()) {
        volume
            .imported()
            .ifPresent(
                origin ->
                    services.stream()
                        .filter(owner -> owner.session().equals(origin.from()))
                        .findFirst()
                        .filter(owner -> !exports(owner, importer, origin))
                        .ifPresent(
                            owner -> problems.add(missing(owner, importer, volume, origin))));
      }
    }
  }

  private static boolean exports(
      PlannedService owner, PlannedService importer, Volume.Origin.Imported origin) {
    return owner.volumes().stream()
        .flatMap(volume -> volume.mount().volume().exports().stream())
        .anyMatch(
            export ->
                export.session().equals(importer.session())
                    && export.name().equals(origin.original()));
  }

  private static Diagnostic missing(
      PlannedService owner,
      PlannedService importer,
      PlannedVolume volume,
      Volume.Origin.Imported origin) {
    return Diagnostic.error(
            DiagnosticId.UNKNOWN_VOLUME,
            volume.mount().volume().span(),
            "service `%s` exports no volume `%s` to service `%s`"
                .formatted(owner.name(), origin.original(), importer.name()))
        .labelled("imported here")
        .helped(
            "write `export: %s` at that volume in the manifest of `%s`"
                .formatted(importer.name(), owner.name()));
  }
}
