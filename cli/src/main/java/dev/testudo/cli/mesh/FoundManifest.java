package dev.testudo.cli.mesh;

import dev.testudo.cli.curated.CuratedImage;
import dev.testudo.policy.manifest.ServiceManifest;
import java.nio.file.Path;
import java.util.Optional;

/// A service manifest and the file it was read from.
///
/// @param file the file; for a curated service the Meshfile
/// @param curated what makes it a curated service
public record FoundManifest(Path file, ServiceManifest manifest, Optional<CuratedImage> curated) {
  /// A manifest that a user has written.
  public FoundManifest(Path file, ServiceManifest manifest) {
    this(file, manifest, Optional.empty());
  }

  /// Returns the name of the image that it makes.
  public String image() {
    return manifest.build().to().value();
  }

  /// Returns the directory that its `copy` entries are relative to.
  public Path folder() {
    var parent = file.toAbsolutePath().getParent();
    return parent == null ? Path.of("/") : parent;
  }
}
