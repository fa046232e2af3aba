package dev.testudo.cli;

import dev.testudo.cli.build.BuildDefaults;
import dev.testudo.cli.curated.CuratedService;
import dev.testudo.cli.mesh.FoundManifest;
import dev.testudo.cli.mesh.ServiceDefaults;
import dev.testudo.policy.manifest.ServiceManifest;
import dev.testudo.policy.yaml.YamlWriter;
import java.util.LinkedHashMap;
import java.util.Map;

/// What `apply --print-defaults` prints: YAML with an entry for each service.
final class DefaultsText {
  private DefaultsText() {}

  /// Returns the text for all curated services.
  static String ofCurated() {
    Map<String, Object> all = new LinkedHashMap<>();
    for (var service : CuratedService.values()) {
      all.put(service.toString(), ServiceDefaults.of(service.manifest()));
    }
    return YamlWriter.write(all);
  }

  /// Returns the text for a service manifest, with its section `build`.
  static String of(ServiceManifest manifest) {
    var name = manifest.build().name().value();
    return BuildDefaults.of(manifest.build())
        + YamlWriter.write(Map.of(name, ServiceDefaults.of(manifest)));
  }

  /// Returns the text for the services of a mesh.
  ///
  /// @param manifests by the names of the services
  static String of(Map<String, FoundManifest> manifests) {
    Map<String, Object> all = new LinkedHashMap<>();
    manifests.forEach((service, found) -> all.put(service, ServiceDefaults.of(found.manifest())));
    return YamlWriter.write(all);
  }
}
