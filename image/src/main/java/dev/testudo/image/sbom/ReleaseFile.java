package dev.testudo.image.sbom;

import dev.testudo.image.layer.ImageTree;
import dev.testudo.image.layer.ImageTree.Located;
import dev.testudo.image.oci.Digest;
import java.util.List;
import java.util.Optional;

/// Finds out which distribution an image is of; other readers use it when they finish.
final class ReleaseFile implements PackageReader {
  /// Where it is; the first is usually a link to the second.
  static final List<String> PATHS = List.of("/etc/os-release", "/usr/lib/os-release");

  private final Optional<String> path;
  private Distribution distribution = Distribution.UNKNOWN;

  ReleaseFile(ImageTree tree) {
    this.path =
        PATHS.stream().flatMap(one -> tree.find(one).stream()).findFirst().map(Located::path);
  }

  @Override
  public boolean reads(String file) {
    return path.equals(Optional.of(file));
  }

  @Override
  public int limit() {
    return 64 << 10;
  }

  @Override
  public void read(String file, Digest layer, byte[] content, SbomFindings into) {
    distribution = Distribution.read(content);
  }

  Distribution distribution() {
    return distribution;
  }
}
