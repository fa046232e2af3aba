package dev.testudo.policy;

import dev.testudo.policy.manifest.Mesh;
import dev.testudo.policy.manifest.ServiceManifest;
import dev.testudo.policy.source.Diagnostics;
import dev.testudo.policy.source.Parsed;
import dev.testudo.policy.source.SourceFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/// The manifests of curated services, which the command line has.
public final class CuratedFiles {
  private static final Path FOLDER =
      Path.of("..", "cli", "src", "main", "resources", "dev", "testudo", "cli", "curated");

  private CuratedFiles() {}

  /// Returns the manifests with those of the mesh's curated services.
  public static Map<String, ServiceManifest> withCurated(
      Map<String, ServiceManifest> manifests, Mesh mesh) throws IOException {
    Map<String, ServiceManifest> all = new HashMap<>(manifests);
    for (var service : mesh.services()) {
      var image = service.image();
      var file = FOLDER.resolve(image.value().replaceAll(".*/|:.*", "") + ".yaml");
      if (!all.containsKey(image.value()) && Files.exists(file)) {
        all.put(image.value(), read(file).curated(image, Optional.empty()));
      }
    }
    return all;
  }

  private static ServiceManifest read(Path file) throws IOException {
    var source = new SourceFile(file.toString(), Files.readString(file));
    return switch (ServiceManifest.read(source)) {
      case Parsed.Valid<ServiceManifest>(var manifest, _) -> manifest;
      case Parsed.Invalid<ServiceManifest>(var problems) ->
          throw new AssertionError(Diagnostics.render(problems));
    };
  }
}
