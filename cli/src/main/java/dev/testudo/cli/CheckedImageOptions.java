package dev.testudo.cli;

import dev.testudo.cli.exit.CommandFailed;
import dev.testudo.cli.image.CheckedImage;
import dev.testudo.policy.source.Printable;
import java.io.IOException;
import java.util.List;
import java.util.Set;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/// The argument for a confidential image, and how to reach it.
final class CheckedImageOptions {
  @Parameters(index = "0", paramLabel = "IMAGE", description = "The confidential image.")
  private String image = "";

  @Mixin private ArchitectureOption architecture = new ArchitectureOption();

  @Option(
      names = "--insecure",
      paramLabel = "HOST[:PORT]",
      description = "A registry that may be reached without TLS. Can be given several times.")
  private List<String> insecure = List.of();

  /// Reads and measures the image.
  CheckedImage open(CliContext context) throws IOException, CommandFailed {
    return CheckedImage.open(
        image, architecture.platform(), Set.copyOf(insecure), context.environment());
  }

  /// Prints the warnings about an image.
  static void warn(CheckedImage checked, CliContext context) {
    for (var warning : checked.warnings()) {
      context.streams().err().println("testudo: warning: " + Printable.of(warning));
    }
  }
}
