package dev.testudo.cli;

import dev.testudo.cli.exit.CommandFailed;
import dev.testudo.cli.image.CheckedImage;
import dev.testudo.cli.image.ImagePlaces;
import dev.testudo.image.layout.ImageLocation;
import dev.testudo.image.oci.ImageParts;
import dev.testudo.image.oci.ManifestReference.ByDigest;
import dev.testudo.image.oci.RawManifest;
import dev.testudo.policy.source.Printable;
import java.io.IOException;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/// The argument for an image that is checked, and how to reach it.
final class CheckedImageOptions {
  @Parameters(index = "0", paramLabel = "IMAGE", description = "The image.")
  private String image = "";

  @Mixin private ArchitectureOption architecture = new ArchitectureOption();
  @Mixin private InsecureOption insecure = new InsecureOption();

  /// Uses an image that is open.
  @FunctionalInterface
  interface Use<R> {
    /// Uses the image.
    ///
    /// @param named the manifest or index that the user names. All claims are about it, also if the
    ///     name means another one meanwhile
    R of(ImagePlaces.Opened opened, RawManifest named) throws IOException, CommandFailed;
  }

  /// Returns where the image is.
  ImageLocation location() throws CommandFailed {
    return ImagePlaces.location(image);
  }

  /// Opens the image.
  <R> R open(CliContext context, Use<R> use) throws IOException, CommandFailed {
    try (var client = insecure.client(context);
        var opened = new ImagePlaces(client).open(location())) {
      return use.of(opened, opened.source().manifest(opened.reference()));
    }
  }

  /// Measures an image that is open.
  CheckedImage measure(ImagePlaces.Opened opened, RawManifest named, CliContext context)
      throws IOException, CommandFailed {
    var digest = new ByDigest(named.descriptor().digest());
    var parts = ImageParts.read(opened.source(), digest, architecture.platform());
    return CheckedImage.of(
        location(), opened.source(), parts, ImagePlaces.cache(context.environment()));
  }

  /// Reads and measures the image.
  CheckedImage open(CliContext context) throws IOException, CommandFailed {
    return open(context, (opened, named) -> measure(opened, named, context));
  }

  /// Prints the warnings about an image.
  static void warn(CheckedImage checked, CliContext context) {
    for (var warning : checked.warnings()) {
      context.streams().err().println("testudo: warning: " + Printable.of(warning));
    }
  }
}
