package dev.testudo.cli;

import dev.testudo.image.oci.Platform;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/// The option that selects an image of an index.
final class ArchitectureOption {
  @Option(
      names = "--arch",
      paramLabel = "ARCH",
      description =
          "The architecture of the image, such as `amd64` and `arm64` (default: that of this machine).")
  private @Nullable String architecture;

  Platform platform() {
    return of(architecture);
  }

  /// Returns the platform of images for an architecture, or for that of this machine if none is
  /// given.
  static Platform of(@Nullable String architecture) {
    return Platform.linux(architecture == null ? ofMachine() : architecture);
  }

  private static String ofMachine() {
    var name = System.getProperty("os.arch", "amd64");
    return name.equals("aarch64") ? "arm64" : name;
  }
}
