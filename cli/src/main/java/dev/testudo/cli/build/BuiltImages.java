package dev.testudo.cli.build;

import dev.testudo.cli.exit.CommandFailed;
import dev.testudo.cli.mesh.LoadedMesh;
import dev.testudo.policy.deployment.BuiltImage;
import dev.testudo.policy.deployment.PlannedService;
import dev.testudo.policy.deployment.ProtectedRegion;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// The images of a mesh, as they were built.
public final class BuiltImages {
  private final LoadedMesh mesh;
  private final Optional<Path> target;
  private final Map<String, BuiltVersion> fresh;
  private final List<String> missing = new ArrayList<>();

  private BuiltImages(LoadedMesh mesh, Optional<Path> target, Map<String, BuiltVersion> fresh) {
    this.mesh = mesh;
    this.target = target;
    this.fresh = Map.copyOf(fresh);
  }

  /// Finds the image of each service.
  ///
  /// @param target the directory for output, if it is not `target` beside each manifest
  /// @throws CommandFailed if an image was not built, or not as its manifest now says
  public static Map<PlannedService, BuiltVersion> of(LoadedMesh mesh, Optional<Path> target)
      throws IOException, CommandFailed {
    return of(mesh, target, Map.of());
  }

  /// Finds the image of each service.
  ///
  /// @param target the directory for output, if it is not `target` beside each manifest
  /// @param fresh images that were built just now, and perhaps not stored, by their names
  /// @throws CommandFailed if another image was not built, or not as its manifest now says
  public static Map<PlannedService, BuiltVersion> of(
      LoadedMesh mesh, Optional<Path> target, Map<String, BuiltVersion> fresh)
      throws IOException, CommandFailed {
    return new BuiltImages(mesh, target, fresh).find();
  }

  private Map<PlannedService, BuiltVersion> find() throws IOException, CommandFailed {
    var images = new LinkedHashMap<PlannedService, BuiltVersion>();
    for (var service : mesh.plan().services()) {
      find(service).ifPresent(built -> images.put(service, built));
    }
    if (!missing.isEmpty()) {
      throw CommandFailed.input(String.join("\n", missing));
    }
    return images;
  }

  private Optional<BuiltVersion> find(PlannedService service) throws IOException, CommandFailed {
    if (fresh.containsKey(service.image())) {
      return Optional.ofNullable(fresh.get(service.image()));
    }
    var manifest = mesh.image(service.name()).found();
    var folder = target.orElseGet(() -> manifest.folder().resolve("target"));
    var built = BuildRecord.of(folder, service.image()).newest(service.image());
    if (built.isEmpty()) {
      missing.add(
          "service `%s`: the image %s has not been built; run `testudo apply -f %s`, or add `--local` to use this machine's programs"
              .formatted(service.name(), service.image(), manifest.file()));
      return Optional.empty();
    }
    if (!built.get().inputs().equals(BuildInputs.hash(manifest.manifest().build()))) {
      missing.add(
          "service `%s`: `build` in %s has changed since the image %s was built; run `testudo apply -f %s`"
              .formatted(service.name(), manifest.file(), service.image(), manifest.file()));
      return Optional.empty();
    }
    return built;
  }

  /// Returns what the session of a service says of its image.
  public static BuiltImage inSession(BuiltVersion version) {
    return new BuiltImage(
        version.measurement().hex(),
        version.stable(),
        version.environment(),
        version.workingDirectory(),
        version.stable().isEmpty()
            ? version.files()
            : version.files().map(ProtectedRegion::inAnyState),
        Optional.empty());
  }
}
