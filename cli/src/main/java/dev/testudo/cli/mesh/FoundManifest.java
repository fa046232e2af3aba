package dev.testudo.cli.mesh;

import dev.testudo.policy.manifest.ServiceManifest;
import java.nio.file.Path;

/// A service manifest and the file it was read from.
public record FoundManifest(Path file, ServiceManifest manifest) {
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
