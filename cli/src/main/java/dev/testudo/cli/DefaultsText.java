package dev.testudo.cli;

import dev.testudo.cli.build.BuildDefaults;
import dev.testudo.cli.curated.CuratedService;
import dev.testudo.cli.exit.CommandFailed;
import dev.testudo.cli.mesh.LoadedMesh;
import dev.testudo.cli.mesh.ServiceDefaults;
import dev.testudo.cli.mesh.SourceFiles;
import dev.testudo.policy.manifest.ManifestKind;
import dev.testudo.policy.manifest.ServiceManifest;
import dev.testudo.policy.yaml.YamlWriter;
import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/// What `apply --print-defaults` prints: YAML with an entry for each service.
record DefaultsText(Findings findings) {

  /// Returns the text for a file, or for all curated services.
  String of(Optional<Path> file) throws IOException, CommandFailed {
    if (file.isEmpty()) {
      Map<String, Object> all = new LinkedHashMap<>();
      for (var service : CuratedService.values()) {
        all.put(service.toString(), ServiceDefaults.of(service.manifest()));
      }
      return YamlWriter.write(all);
    }
    var source = SourceFiles.read(file.get());
    return ManifestKind.of(source) == ManifestKind.MESH
        ? ofMesh(file.get())
        : ofService(findings.need(ServiceManifest.read(source)));
  }

  private static String ofService(ServiceManifest manifest) {
    var name = manifest.build().name().value();
    return BuildDefaults.of(manifest.build())
        + YamlWriter.write(Map.of(name, ServiceDefaults.of(manifest)));
  }

  private String ofMesh(Path file) throws IOException, CommandFailed {
    Map<String, Object> all = new LinkedHashMap<>();
    findings
        .need(LoadedMesh.manifests(file))
        .forEach((service, found) -> all.put(service, ServiceDefaults.of(found.manifest())));
    return YamlWriter.write(all);
  }
}
