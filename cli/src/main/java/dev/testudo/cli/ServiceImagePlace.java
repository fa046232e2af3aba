package dev.testudo.cli;

import dev.testudo.cli.build.BuildOrder;
import dev.testudo.cli.build.BuildRecord;
import dev.testudo.cli.exit.CommandFailed;
import dev.testudo.cli.image.ImagePlaces;
import dev.testudo.cli.mesh.FoundManifest;
import dev.testudo.cli.mesh.SourceFiles;
import dev.testudo.image.layout.ImageLocation;
import dev.testudo.image.oci.Digest;
import dev.testudo.image.oci.ImageParts;
import dev.testudo.image.oci.ManifestReference.ByDigest;
import dev.testudo.image.oci.Platform;
import dev.testudo.policy.manifest.ServiceManifest;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;

/// Where the confidential image of a service is.
///
/// @param digest the digest of its manifest, if it is known; otherwise its name says which one
record ServiceImagePlace(ImageLocation location, Optional<Digest> digest) {

  /// Reads the manifest of a service.
  static FoundManifest manifest(Path file, Findings findings) throws IOException, CommandFailed {
    return new FoundManifest(file, findings.need(ServiceManifest.read(SourceFiles.read(file))));
  }

  /// Returns where the image of a manifest is that `apply` has built last.
  ///
  /// @param target the folder in which `apply` has recorded it; empty for the usual one
  /// @throws CommandFailed if it has built none
  static ServiceImagePlace built(FoundManifest found, BuildOrder order, Optional<Path> target)
      throws IOException, CommandFailed {
    var folder = target.orElseGet(() -> found.file().resolveSibling("target"));
    var name = order.build().to().value();
    var version =
        BuildRecord.of(folder, name)
            .newest(name)
            .orElseThrow(
                () ->
                    CommandFailed.input(
                        "the image %s was not built here; build it with `testudo apply -f %s`"
                            .formatted(name, found.file())));
    return new ServiceImagePlace(order.target(), Optional.of(version.digest()));
  }

  /// Returns the place that a user names.
  static ServiceImagePlace named(String image) throws CommandFailed {
    return new ServiceImagePlace(ImagePlaces.location(image), Optional.empty());
  }

  ImageParts read(ImagePlaces.Opened opened, Platform platform) throws IOException {
    return digest.isPresent()
        ? ImageParts.read(opened.source(), new ByDigest(digest.get()), platform)
        : opened.image(platform);
  }

  @Override
  public String toString() {
    return location + digest.map(known -> "@" + known).orElse("");
  }
}
